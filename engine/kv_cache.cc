#include "engine/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cromwell::engine {

KvCache::KvCache(KvCache&& other) noexcept
    : pool_(other.pool_), pages_(std::exchange(other.pages_, {})) {}

KvCache& KvCache::operator=(KvCache&& other) noexcept {
  if (this == &other) return *this;
  trim(0);
  pool_ = other.pool_;
  pages_ = std::exchange(other.pages_, {});
  return *this;
}

int KvCache::exclusive_pages() const {
  return static_cast<int>(std::count_if(pages_.begin(), pages_.end(),
                                        [&](auto page) { return pool_->owners(page) == 1; }));
}

bool KvCache::grow(int positions) {
  while (capacity() < positions) {
    const auto page = pool_->take();
    if (!page) return false;
    pages_.push_back(*page);
  }
  return true;
}

bool KvCache::own(int begin, int end, model::LanguageModel& model) {
  assert(end <= capacity());
  for (int i = begin / model::kPageTokens; i < pages_for(end); ++i) {
    model::PageId& page = pages_[static_cast<std::size_t>(i)];
    if (pool_->owners(page) == 1) continue;
    const auto copy = pool_->take();
    if (!copy) return false;
    model.copy_page(page, *copy);
    pool_->release(page);
    page = *copy;
  }
  return true;
}

void KvCache::trim(int positions) {
  const auto keep = static_cast<std::size_t>(pages_for(positions));
  while (pages_.size() > keep) {
    pool_->release(pages_.back());
    pages_.pop_back();
  }
}

KvCache KvCache::share(int positions) const {
  assert(positions <= capacity());
  KvCache other(*pool_);
  other.pages_.assign(pages_.begin(), pages_.begin() + pages_for(positions));
  for (const auto page : other.pages_) pool_->share(page);
  return other;
}

}  // namespace cromwell::engine
