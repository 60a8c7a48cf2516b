// OrderedMap: the members of a JSON object in the order in which they were written, found by name
// in log n. In that order a schema was meant to be read, by a model too; nlohmann's own ordered map
// walks through all names for each, which a body of many names would make slow. Not more of a map
// than nlohmann::basic_json asks for.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <list>
#include <map>
#include <string_view>
#include <utility>

namespace cromwell::api {

template <class Key, class Value, class Less, class Allocator>
class OrderedMap {
 public:
  using key_type = Key;
  using mapped_type = Value;
  using key_compare = Less;
  using value_type = std::pair<const Key, Value>;
  using Entries = std::list<value_type, Allocator>;
  using size_type = std::size_t;
  using iterator = typename Entries::iterator;
  using const_iterator = typename Entries::const_iterator;

  OrderedMap() = default;
  template <class Iterator>
  OrderedMap(Iterator first, Iterator last) {
    insert(first, last);
  }
  OrderedMap(const OrderedMap& other) : OrderedMap(other.begin(), other.end()) {}
  OrderedMap(OrderedMap&&) noexcept = default;
  OrderedMap& operator=(OrderedMap other) noexcept {
    entries_.swap(other.entries_);
    places_.swap(other.places_);
    return *this;
  }
  ~OrderedMap() = default;

  iterator begin() { return entries_.begin(); }
  iterator end() { return entries_.end(); }
  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }
  const_iterator cbegin() const { return entries_.begin(); }
  const_iterator cend() const { return entries_.end(); }
  bool empty() const { return entries_.empty(); }
  size_type size() const { return entries_.size(); }
  size_type max_size() const { return entries_.max_size(); }
  void clear() {
    places_.clear();
    entries_.clear();
  }

  iterator find(std::string_view name) {
    const auto place = places_.find(name);
    return place == places_.end() ? end() : place->second;
  }
  const_iterator find(std::string_view name) const {
    const auto place = places_.find(name);
    return place == places_.end() ? end() : const_iterator(place->second);
  }
  size_type count(std::string_view name) const { return places_.count(name); }
  Value& at(std::string_view name) { return places_.at(name)->second; }
  const Value& at(std::string_view name) const { return places_.at(name)->second; }
  Value& operator[](const Key& name) { return emplace(name, nullptr).first->second; }

  template <class Name, class... Arguments>
  std::pair<iterator, bool> emplace(Name&& name, Arguments&&... arguments) {
    if (const iterator found = find(name); found != end()) return {found, false};
    entries_.emplace_back(std::piecewise_construct, std::forward_as_tuple(std::forward<Name>(name)),
                          std::forward_as_tuple(std::forward<Arguments>(arguments)...));
    const iterator added = std::prev(entries_.end());
    places_.emplace(added->first, added);
    return {added, true};
  }
  std::pair<iterator, bool> insert(value_type entry) {
    return emplace(entry.first, std::move(entry.second));
  }
  template <class Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace(first->first, first->second);
  }

  iterator erase(const_iterator position) {
    places_.erase(position->first);
    return entries_.erase(position);
  }
  iterator erase(const_iterator first, const_iterator last) {
    for (auto one = first; one != last; ++one) places_.erase(one->first);
    return entries_.erase(first, last);
  }
  size_type erase(std::string_view name) {
    const auto place = places_.find(name);
    if (place == places_.end()) return 0;
    const iterator entry = place->second;
    places_.erase(place);
    entries_.erase(entry);
    return 1;
  }

  // Objects are equal whatever the order of their members.
  friend bool operator==(const OrderedMap& a, const OrderedMap& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const value_type& entry) {
             const const_iterator other = b.find(entry.first);
             return other != b.end() && other->second == entry.second;
           });
  }
  friend std::partial_ordering operator<=>(const OrderedMap& a, const OrderedMap& b) {
    const auto compare = [](const value_type& x, const value_type& y) -> std::partial_ordering {
      if (const auto names = x.first <=> y.first; names != 0) return names;
      return x.second <=> y.second;
    };
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(), compare);
  }

 private:
  Entries entries_;
  std::map<std::string_view, iterator> places_;  // by names that stand in entries_
};

}  // namespace cromwell::api
