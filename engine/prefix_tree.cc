#include "engine/prefix_tree.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace cromwell::engine {
namespace {

using model::kPageTokens;

// A token so deep in its text costs twice what the first one does: attention reads all before it.
constexpr double kDoubleCostDepth = 8192;
// What was not used for so long is worth half.
constexpr std::chrono::duration<double> kHalfLife = std::chrono::minutes(10);

std::span<const model::TokenId> rest_of(std::span<const model::TokenId> text, int begin) {
  return text.subspan(static_cast<std::size_t>(begin));
}

}  // namespace

struct PrefixTree::Node {
  Node* parent = nullptr;
  model::PageId page = 0;
  int adapter = kNoAdapter;     // of the text
  int begin = 0;                // position of its first token
  std::vector<TokenId> tokens;  // at most kPageTokens
  std::vector<Node*> children;  // none unless it is full
  Time used;
  int pins = 0;  // pinned bookmarks here and beneath

  int end() const { return begin + static_cast<int>(tokens.size()); }
  bool full() const { return tokens.size() == kPageTokens; }
  double cost() const {
    const double middle = begin + static_cast<double>(tokens.size()) / 2;
    return static_cast<double>(tokens.size()) * (1 + middle / kDoubleCostDepth);
  }
};

PrefixTree::PrefixTree(KvPool& pool, model::LanguageModel& model)
    : pool_(pool), model_(model), nodes_(static_cast<std::size_t>(pool.total())) {}

PrefixTree::~PrefixTree() { clear(); }

std::vector<PrefixTree::Node*>& PrefixTree::children(Node& node) { return node.children; }

const std::vector<PrefixTree::Node*>& PrefixTree::children_of(const Node* node) const {
  return node == nullptr ? roots_ : node->children;
}

// The child that goes furthest with `rest`.
PrefixTree::Step PrefixTree::next(const Node* node, std::span<const TokenId> rest,
                                  int adapter) const {
  Step best;
  for (Node* child : children_of(node)) {
    if (child->adapter != adapter) continue;
    const auto& tokens = child->tokens;
    const auto end = std::mismatch(tokens.begin(), tokens.end(), rest.begin(), rest.end()).first;
    const int common = static_cast<int>(end - tokens.begin());
    if (common > best.tokens) best = {child, common};
  }
  return best;
}

PrefixTree::Match PrefixTree::find(std::span<const TokenId> text, int adapter) const {
  Match match;
  const Node* node = nullptr;
  for (;;) {
    const Step step = next(node, rest_of(text, match.tokens), adapter);
    match.tokens += step.tokens;
    if (step.tokens < kPageTokens) return match;
    ++match.pages;
    if (pool_.owners(step.child->page) == 1) ++match.idle_pages;
    node = step.child;
  }
}

bool PrefixTree::has_room_for(int pages, std::span<const TokenId> known, int adapter) const {
  const Match match = find(known, adapter);
  return pages - match.pages <= pool_.free() + idle_pages() - match.idle_pages;
}

std::vector<PrefixTree::Part> PrefixTree::way_to(Place place) const {
  std::vector<Part> way;
  for (const Node* node = place.node; node != nullptr; node = node->parent) {
    const auto tokens = std::min(node->tokens.size(),
                                 static_cast<std::size_t>(place.tokens - node->begin));
    way.push_back({node->page, std::span(node->tokens).first(tokens)});
  }
  std::reverse(way.begin(), way.end());
  return way;
}

int PrefixTree::adapter_of(Place place) {
  return place.node == nullptr ? kNoAdapter : place.node->adapter;
}

int PrefixTree::extend(KvCache& cache, int computed, std::span<const TokenId> text, Time now,
                       int adapter) {
  Node* node = nullptr;
  for (int begin = 0;; begin += kPageTokens) {
    const Step step = next(node, rest_of(text, begin), adapter);
    if (step.child == nullptr) return computed;
    step.child->used = now;
    const int end = begin + step.tokens;
    const int index = begin / kPageTokens;
    if (step.tokens < kPageTokens) {
      return end > computed && copy_page(cache, index, step.child->page, now) ? end : computed;
    }
    if (end > computed) {
      cache.set_page(index, step.child->page);
      computed = end;
    }
    node = step.child;
  }
}

bool PrefixTree::copy_page(KvCache& cache, int index, model::PageId page, Time now) {
  pool_.share(page);  // so that making room does not take it
  bool copied = cache.copy_page(index, page, model_);
  while (!copied && evict(now)) copied = cache.copy_page(index, page, model_);
  pool_.release(page);
  return copied;
}

PrefixTree::Node* PrefixTree::share_pages(KvCache& cache, std::span<const TokenId> text, Time now,
                                          int adapter) {
  Node* node = nullptr;
  for (int begin = 0; begin + kPageTokens <= static_cast<int>(text.size()); begin += kPageTokens) {
    const int index = begin / kPageTokens;
    const auto tokens = rest_of(text, begin).first(kPageTokens);
    const Step step = next(node, tokens, adapter);
    if (step.tokens == kPageTokens) {
      step.child->used = now;
      cache.set_page(index, step.child->page);
      node = step.child;
    } else {
      node = insert(node, cache.pages()[static_cast<std::size_t>(index)], tokens, now, adapter);
    }
  }
  return node;
}

PrefixTree::Place PrefixTree::keep(KvCache cache, std::span<const TokenId> text, Time now,
                                   int adapter) {
  Node* last = share_pages(cache, text, now, adapter);
  const int size = static_cast<int>(text.size());
  const auto rest = rest_of(text, last == nullptr ? 0 : last->end());
  if (rest.empty()) return {last, size};
  const Step step = next(last, rest, adapter);
  if (step.tokens == static_cast<int>(rest.size())) {
    step.child->used = now;
    return {step.child, size};
  }
  const auto page = static_cast<std::size_t>((size - 1) / kPageTokens);  // more may be reserved
  return {insert(last, cache.pages()[page], rest, now, adapter), size};
}

PrefixTree::Node* PrefixTree::insert(Node* parent, model::PageId page,
                                     std::span<const TokenId> tokens, Time now, int adapter) {
  assert(parent == nullptr || parent->full());
  auto& place = nodes_[static_cast<std::size_t>(page)];
  if (!place) {
    place = std::make_unique<Node>();
    place->parent = parent;
    place->page = page;
    place->adapter = adapter;
    place->begin = parent == nullptr ? 0 : parent->end();
    pool_.share(page);
    children_of(parent).push_back(place.get());
    ++size_;
  }
  // A fork may have left the page here with fewer tokens.
  assert(place->parent == parent && place->tokens.size() < tokens.size());
  place->tokens.assign(tokens.begin(), tokens.end());
  place->used = now;
  replace_beginnings(*place);
  return place.get();
}

// Pages that hold no more than a beginning of this one have become superfluous.
void PrefixTree::replace_beginnings(Node& node) {
  const auto siblings = children_of(node.parent);
  for (Node* other : siblings) {
    const bool is_beginning =
        other != &node && other->adapter == node.adapter &&
        other->tokens.size() < node.tokens.size() &&
        std::equal(other->tokens.begin(), other->tokens.end(), node.tokens.begin());
    if (is_beginning) erase(*other, {&node, other->end()});
  }
}

// Its bookmarks go on at `successor`, those of the tokens that this has too.
void PrefixTree::erase(Node& node, Place successor) {
  assert(node.children.empty());
  for (Bookmark* mark : marks_) {
    if (mark->place.node != &node) continue;
    const int tokens = std::min(mark->place.tokens, successor.tokens);
    move(*mark, {successor.node, tokens});
  }
  auto& siblings = children_of(node.parent);
  siblings.erase(std::find(siblings.begin(), siblings.end(), &node));
  const model::PageId page = node.page;
  nodes_[static_cast<std::size_t>(page)].reset();
  pool_.release(page);
  --size_;
}

// --- Bookmarks.

void PrefixTree::add_pins(Node* node, int count) {
  for (; node != nullptr; node = node->parent) node->pins += count;
}

void PrefixTree::move(Bookmark& mark, Place place) {
  if (mark.pinned) {
    add_pins(place.node, 1);
    add_pins(mark.place.node, -1);
  }
  mark.place = place;
}

void PrefixTree::pin(Bookmark& mark, bool pinned) {
  if (mark.pinned == pinned) return;
  mark.pinned = pinned;
  add_pins(mark.place.node, pinned ? 1 : -1);
}

bool PrefixTree::is_marked(const Node& node) const {
  return std::any_of(marks_.begin(), marks_.end(),
                     [&](const Bookmark* mark) { return mark->place.node == &node; });
}

void PrefixTree::forget(Bookmark& mark) {
  move(mark, {});
  marks_.erase(std::find(marks_.begin(), marks_.end(), &mark));
}

void PrefixTree::remove(Bookmark& mark) {
  Node* node = mark.place.node;
  forget(mark);
  while (node != nullptr && node->children.empty() && pool_.owners(node->page) == 1 &&
         !is_marked(*node)) {
    Node* parent = node->parent;
    erase(*node, {parent, node->begin});
    node = parent;
  }
}

// --- Eviction.

// What computing again costs of the run that ends in this leaf: the pages above it that are used
// by nothing but this way, and were last used together. A run is eaten from its end, and the more
// of it is gone the less the rest is worth: one text goes as a whole before the next is touched.
double PrefixTree::loss(const Node& leaf, Time now) const {
  double cost = leaf.cost();
  for (const Node* node = leaf.parent; node != nullptr; node = node->parent) {
    if (node->children.size() > 1 || node->used != leaf.used) break;
    cost += node->cost();
  }
  const std::chrono::duration<double> unused = now - leaf.used;
  return cost * std::exp2(-(unused / kHalfLife));
}

bool PrefixTree::evict(Time now) {
  Node* cheapest = nullptr;
  std::pair<bool, double> least;  // pinned, loss
  for (const auto& node : nodes_) {
    if (!node || !node->children.empty() || pool_.owners(node->page) > 1) continue;
    const std::pair<bool, double> value{node->pins > 0, loss(*node, now)};
    if (cheapest != nullptr && least <= value) continue;
    cheapest = node.get();
    least = value;
  }
  if (cheapest == nullptr) return false;
  erase(*cheapest, {cheapest->parent, cheapest->begin});
  ++evicted_;
  return true;
}

void PrefixTree::clear() {
  for (Bookmark* mark : marks_) move(*mark, {});
  for (auto& node : nodes_) {
    if (node) pool_.release(node->page);
    node.reset();
  }
  roots_.clear();
  size_ = 0;
}

PrefixTree::Counts PrefixTree::count() const {
  Counts counts;
  for (const auto& node : nodes_) {
    if (!node) continue;
    const int generations = pool_.owners(node->page) - 1;
    counts.idle += generations == 0 ? 1 : 0;
    counts.shared += generations > 1 ? 1 : 0;
    counts.pinned += node->pins > 0 ? 1 : 0;
  }
  return counts;
}

}  // namespace cromwell::engine
