// KvPool: which pages of the model's KV memory are free, and how many owners each used page has.
// The memory itself is the model's; here are only numbers. Engine thread only.
#pragma once

#include <optional>
#include <vector>

#include "model/batch.h"

namespace cromwell::engine {

class KvPool {
 public:
  explicit KvPool(int pages);

  // A free page with one owner, or none: the one that follows `after` in its run of pages, else the
  // first of a run that is free, else any. So the pages of one text lie side by side in memory.
  std::optional<model::PageId> take(std::optional<model::PageId> after = {});
  void share(model::PageId page);    // one owner more
  void release(model::PageId page);  // one owner less; without any it is free
  int owners(model::PageId page) const { return owners_[static_cast<std::size_t>(page)]; }

  int total() const { return static_cast<int>(owners_.size()); }
  int free() const { return static_cast<int>(free_.size()); }

 private:
  bool is_free(model::PageId page) const;
  std::optional<model::PageId> start_of_free_run() const;

  std::vector<int> owners_;          // [total]
  std::vector<model::PageId> free_;  // of runs, the last released goes first: its memory is warm
};

}  // namespace cromwell::engine
