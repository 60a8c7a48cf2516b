// KvCache: the pages that hold the keys and values of one text, in order. Gives its pages back when
// it dies. It does not know how many of its positions are filled; its owner does, and says so.
// Engine thread only.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/kv_pool.h"
#include "model/language_model.h"

namespace cromwell::engine {

constexpr int pages_for(int positions) {
  return (positions + model::kPageTokens - 1) / model::kPageTokens;
}

class KvCache {
 public:
  explicit KvCache(KvPool& pool) : pool_(&pool) {}
  KvCache(KvCache&& other) noexcept;
  KvCache& operator=(KvCache&& other) noexcept;
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;
  ~KvCache() { trim(0); }

  std::span<const model::PageId> pages() const { return pages_; }
  int capacity() const { return static_cast<int>(pages_.size()) * model::kPageTokens; }

  // Takes pages until `positions` fit. False when the pool is empty first; what it got it keeps.
  bool grow(int positions);
  // Makes the pages of positions [begin, end) its own, copying those that others share too. False
  // when the pool is empty first.
  bool own(int begin, int end, model::LanguageModel& model);
  // Page `index`, which is there or is the next, becomes another owner's page.
  void set_page(int index, model::PageId page);
  // ... or one of its own that holds what `page` does. False when the pool is empty.
  bool copy_page(int index, model::PageId page, model::LanguageModel& model);
  // Gives back the pages that lie wholly beyond `positions`.
  void trim(int positions);
  // Another cache with the same first `positions`.
  KvCache share(int positions) const;

 private:
  std::optional<model::PageId> take_page(std::size_t index);  // to be page `index`

  KvPool* pool_;
  std::vector<model::PageId> pages_;  // page i: positions 64 i ... 64 i + 63
};

}  // namespace cromwell::engine
