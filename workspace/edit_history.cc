#include "workspace/edit_history.h"

#include <algorithm>

#include "base/log.h"

namespace cromwell::workspace {

using base::Result;

// Records are read once; those that another process removed go.
Result<std::vector<EditHistory::Entry>> EditHistory::entries() {
  CROMWELL_ASSIGN(const std::vector<std::string> ids, files_.record_ids());
  const std::lock_guard lock(mutex_);
  std::map<std::string, Entry> current;
  for (const std::string& id : ids) {
    if (const auto known = known_.find(id); known != known_.end()) {
      current.insert(*known);
      continue;
    }
    const auto bytes = files_.record_bytes(id);
    auto summary = files_.read_summary(id);
    if (bytes && summary) {
      current.emplace(id, Entry{std::move(*summary), *bytes});
    } else if (!summary && summary.error().code != base::ErrorCode::kNotFound) {
      base::log(base::LogLevel::kWarning, summary.error().message);
    }
  }
  known_ = std::move(current);
  std::vector<Entry> sorted;
  for (const auto& [id, entry] : known_) sorted.push_back(entry);
  std::sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
    return a.summary.created != b.summary.created ? a.summary.created > b.summary.created
                                                  : a.summary.id > b.summary.id;
  });
  return sorted;
}

Result<std::vector<EditRecord>> EditHistory::list() {
  CROMWELL_ASSIGN(std::vector<Entry> all, entries());
  std::vector<EditRecord> records;
  for (Entry& entry : all) records.push_back(std::move(entry.summary));
  return records;
}

void EditHistory::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  known_.erase(id);
}

void EditHistory::drop_old(std::chrono::system_clock::time_point now) {
  const auto sorted = entries();
  const auto journals = files_.journal_ids();
  if (!sorted || !journals) return;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < sorted->size(); ++i) {
    const Entry& entry = (*sorted)[i];
    bytes += entry.bytes;
    const bool fits = i < static_cast<std::size_t>(limits_.max_records) &&
                      bytes <= limits_.max_bytes && now - entry.summary.created <= limits_.max_age;
    const std::string& id = entry.summary.id;
    if (i == 0 || fits || std::find(journals->begin(), journals->end(), id) != journals->end()) {
      continue;
    }
    if (auto removed = files_.remove_record(id); !removed) {
      base::log(base::LogLevel::kWarning, removed.error().message);
    }
  }
}

}  // namespace cromwell::workspace
