#include "engine/kv_pool.h"

#include <cassert>

namespace cromwell::engine {

KvPool::KvPool(int pages) : owners_(static_cast<std::size_t>(pages), 0) {
  free_.reserve(owners_.size());
  for (int page = pages - 1; page >= 0; --page) free_.push_back(page);
}

std::optional<model::PageId> KvPool::take() {
  if (free_.empty()) return std::nullopt;
  const model::PageId page = free_.back();
  free_.pop_back();
  owners_[static_cast<std::size_t>(page)] = 1;
  return page;
}

void KvPool::share(model::PageId page) {
  assert(owners(page) > 0);
  ++owners_[static_cast<std::size_t>(page)];
}

void KvPool::release(model::PageId page) {
  assert(owners(page) > 0);
  if (--owners_[static_cast<std::size_t>(page)] == 0) free_.push_back(page);
}

}  // namespace cromwell::engine
