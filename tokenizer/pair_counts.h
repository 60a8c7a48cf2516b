// Tables over pairs of neighbouring tokens, for the BPE trainer: how often a pair occurs, and in
// which words it was seen. One thread.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

struct Pair {
  TokenId left = 0;
  TokenId right = 0;
  bool operator==(const Pair&) const = default;
};

// Pair -> 0, 1, 2 ... in the order of their first appearance; open addressing.
class PairNumbers {
 public:
  std::size_t number(Pair pair) {
    if (count_ * 2 >= slots_.size()) grow();
    Slot& slot = slots_[place(pair)];
    if (slot.number < 0) slot = {pair, static_cast<std::int64_t>(count_++)};
    return static_cast<std::size_t>(slot.number);
  }
  // Or -1.
  std::int64_t find(Pair pair) const { return slots_[place(pair)].number; }
  std::size_t size() const { return count_; }

 private:
  struct Slot {
    Pair pair;
    std::int64_t number = -1;
  };

  std::size_t place(Pair pair) const {
    const std::uint64_t key = (std::uint64_t{static_cast<std::uint32_t>(pair.left)} << 32) |
                              static_cast<std::uint32_t>(pair.right);
    const int shift = 64 - std::countr_zero(slots_.size());
    auto at = static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> shift);
    while (slots_[at].number >= 0 && slots_[at].pair != pair) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.number >= 0) slots_[place(slot.pair)] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two
  std::size_t count_ = 0;
};

class PairCounts {
 public:
  void add(Pair pair, std::int64_t change) {
    const std::size_t number = numbers_.number(pair);
    if (number == counts_.size()) counts_.push_back(0);
    counts_[number] += change;
  }
  std::int64_t count(Pair pair) const {
    const std::int64_t number = numbers_.find(pair);
    return number < 0 ? 0 : counts_[static_cast<std::size_t>(number)];
  }

 private:
  PairNumbers numbers_;
  std::vector<std::int64_t> counts_;  // [pair's number]
};

// The words in which each pair was seen; words come in order.
class PairLists {
 public:
  using List = std::pair<Pair, std::vector<std::uint32_t>>;

  void add(Pair pair, std::size_t word) {
    const std::size_t number = numbers_.number(pair);
    if (number == lists_.size()) lists_.push_back({pair, {}});
    std::vector<std::uint32_t>& words = lists_[number].second;
    const auto index = static_cast<std::uint32_t>(word);
    if (words.empty() || words.back() != index) words.push_back(index);
  }
  std::vector<List>& lists() { return lists_; }

 private:
  PairNumbers numbers_;
  std::vector<List> lists_;
};

}  // namespace cromwell::tokenizer
