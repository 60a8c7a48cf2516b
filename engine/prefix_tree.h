// PrefixTree: the texts whose keys and values stay in KV memory, shared by all who begin alike. A
// node is one page and the tokens in it; the way from the root to it is the text before. Only whole
// pages have children. A page in the tree is never written: who goes on within one copies it. Pages
// that only the tree owns are what can be taken for others, the cheapest to compute again first
// (docs/engine_step.md has the formula). Texts of different adapters have nothing in common, since
// their keys and values differ. Engine thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/kv_cache.h"

namespace cromwell::engine {

class PrefixTree {
 public:
  using TokenId = model::TokenId;
  static constexpr int kNoAdapter = model::kNoAdapter;
  using Time = std::chrono::steady_clock::time_point;
  struct Node;
  // How far into the tree some text reaches.
  struct Place {
    Node* node = nullptr;  // the page of its last token; null at the root
    int tokens = 0;        // of the text
  };
  // A place that is kept up to date: what it loses moves it towards the root.
  struct Bookmark {
    Place place;
    bool pinned = false;  // the way to it is taken last
  };
  struct Match {
    int tokens = 0;      // the longest beginning that is here
    int pages = 0;       // whole pages of it
    int idle_pages = 0;  // of these, those that only the tree owns
  };

  PrefixTree(KvPool& pool, model::LanguageModel& model);
  ~PrefixTree();

  Match find(std::span<const TokenId> text, int adapter = kNoAdapter) const;
  // Whether a text of so many pages, which begins with `known`, can have those that are not here:
  // free ones, and those that evict() could free.
  bool has_room_for(int pages, std::span<const TokenId> known,
                    int adapter = kNoAdapter) const;
  // The pages from the root to a place, with the tokens in each.
  struct Part {
    model::PageId page = 0;
    std::span<const TokenId> tokens;
  };
  std::vector<Part> way_to(Place place) const;
  static int adapter_of(Place place);
  // `cache` holds the first `computed` tokens of `text`: puts what the tree has of the rest in, and
  // returns how many it holds now. Whole pages are shared, a beginning of one is copied.
  int extend(KvCache& cache, int computed, std::span<const TokenId> text, Time now,
             int adapter = kNoAdapter);
  // `cache` holds all of `text`: its whole pages become the tree's too. Where the tree had them,
  // `cache` gives its own back. Returns the last of them.
  Node* share_pages(KvCache& cache, std::span<const TokenId> text, Time now,
                    int adapter = kNoAdapter);
  // The same, and the last page even if it is not full. `cache` is done with.
  Place keep(KvCache cache, std::span<const TokenId> text, Time now, int adapter = kNoAdapter);

  void add(Bookmark& mark) { marks_.push_back(&mark); }
  void forget(Bookmark& mark);  // takes back add()
  void remove(Bookmark& mark);  // ... and gives up the pages that only it led to
  void move(Bookmark& mark, Place place);
  void pin(Bookmark& mark, bool pinned);

  // Gives up the page that is the cheapest to lose. False if each is somebody else's too.
  bool evict(Time now);
  void clear();  // gives up everything, also what running sequences share

  int pages() const { return size_; }
  struct Counts {
    int idle = 0;    // what evict() could free
    int shared = 0;  // read by several generations
    int pinned = 0;
  };
  Counts count() const;
  int idle_pages() const { return count().idle; }
  std::uint64_t evicted() const { return evicted_; }  // pages, since the start

 private:
  std::vector<Node*>& children_of(Node* node) { return node == nullptr ? roots_ : children(*node); }
  const std::vector<Node*>& children_of(const Node* node) const;
  static std::vector<Node*>& children(Node& node);
  struct Step {
    Node* child = nullptr;
    int tokens = 0;  // that it has in common with the text
  };
  Step next(const Node* node, std::span<const TokenId> rest, int adapter) const;
  Node* insert(Node* parent, model::PageId page, std::span<const TokenId> tokens, Time now,
               int adapter);
  void erase(Node& node, Place successor);
  void replace_beginnings(Node& node);
  bool copy_page(KvCache& cache, int index, model::PageId page, Time now);
  void add_pins(Node* node, int count);
  bool is_marked(const Node& node) const;
  double loss(const Node& leaf, Time now) const;

  KvPool& pool_;
  model::LanguageModel& model_;
  std::vector<std::unique_ptr<Node>> nodes_;  // [pool pages], by page
  std::vector<Node*> roots_;
  std::vector<Bookmark*> marks_;
  int size_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace cromwell::engine
