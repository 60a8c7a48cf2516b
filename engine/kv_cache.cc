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

bool KvCache::grow(int positions) {
  while (capacity() < positions) {
    const auto page = take_page(pages_.size());
    if (!page) return false;
    pages_.push_back(*page);
  }
  return true;
}

bool KvCache::own(int begin, int end, model::LanguageModel& model) {
  assert(end <= capacity());
  for (int i = begin / model::kPageTokens; i < pages_for(end); ++i) {
    const model::PageId page = pages_[static_cast<std::size_t>(i)];
    if (pool_->owners(page) > 1 && !copy_page(i, page, model)) return false;
  }
  return true;
}

void KvCache::set_page(int index, model::PageId page) {
  assert(index <= static_cast<int>(pages_.size()));
  pool_->share(page);
  if (index == static_cast<int>(pages_.size())) return pages_.push_back(page);
  pool_->release(std::exchange(pages_[static_cast<std::size_t>(index)], page));
}

bool KvCache::copy_page(int index, model::PageId page, model::LanguageModel& model) {
  assert(index <= static_cast<int>(pages_.size()));
  const bool is_new = index == static_cast<int>(pages_.size());
  const auto place = static_cast<std::size_t>(index);
  if (is_new || pool_->owners(pages_[place]) > 1) {
    const auto copy = take_page(place);
    if (!copy) return false;
    if (is_new) pages_.push_back(*copy);
    if (!is_new) pool_->release(std::exchange(pages_[place], *copy));
  }
  model.copy_page(page, pages_[place]);
  return true;
}

std::optional<model::PageId> KvCache::take_page(std::size_t index) {
  return index == 0 ? pool_->take() : pool_->take(pages_[index - 1]);
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
