// EditHistory: which edits are kept, newest first, and the bounds of that: past them the oldest
// go, but never one whose change was interrupted. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/edit_files.h"
#include "workspace/edit_record.h"

namespace cromwell::workspace {

struct HistoryLimits {
  int max_records = 1000;
  std::uint64_t max_bytes = std::uint64_t{256} << 20;  // of the records on disk
  std::chrono::seconds max_age = std::chrono::hours(24 * 90);
};

class EditHistory {
 public:
  EditHistory(const EditFiles& files, HistoryLimits limits) : files_(files), limits_(limits) {}

  // Newest first, without patches and bytes; the state is not filled in.
  base::Result<std::vector<EditRecord>> list();
  // Removes what is past the limits; the newest record stays in any case. Under the store's lock.
  void drop_old(std::chrono::system_clock::time_point now);
  // The record was written anew.
  void forget(const std::string& id);

 private:
  struct Entry {
    EditRecord summary;
    std::uint64_t bytes = 0;
  };

  base::Result<std::vector<Entry>> entries();

  const EditFiles& files_;
  const HistoryLimits limits_;
  std::mutex mutex_;
  std::map<std::string, Entry> known_;  // by id: what never changes of each record
};

}  // namespace cromwell::workspace
