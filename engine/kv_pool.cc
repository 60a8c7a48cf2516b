#include "engine/kv_pool.h"

#include <algorithm>
#include <cassert>
#include <ranges>

namespace cromwell::engine {

KvPool::KvPool(int pages) : owners_(static_cast<std::size_t>(pages), 0) {
  free_.reserve(owners_.size());
  for (int page = pages - 1; page >= 0; --page) free_.push_back(page);
}

std::optional<model::PageId> KvPool::take(std::optional<model::PageId> after) {
  if (free_.empty()) return std::nullopt;
  std::optional<model::PageId> page;
  if (after && (*after + 1) % model::kPageRun != 0 && is_free(*after + 1)) page = *after + 1;
  if (!page) page = start_of_free_run();
  if (!page) page = free_.back();
  free_.erase(std::find(free_.rbegin(), free_.rend(), *page).base() - 1);  // it is near the end
  owners_[static_cast<std::size_t>(*page)] = 1;
  return page;
}

bool KvPool::is_free(model::PageId page) const { return page < total() && owners(page) == 0; }

std::optional<model::PageId> KvPool::start_of_free_run() const {
  for (const model::PageId page : free_ | std::views::reverse) {
    const model::PageId first = page / model::kPageRun * model::kPageRun;
    const int end = std::min(first + model::kPageRun, total());
    const auto run = std::views::iota(first, end);
    if (std::ranges::all_of(run, [this](model::PageId p) { return is_free(p); })) return first;
  }
  return std::nullopt;
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
