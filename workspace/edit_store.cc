#include "workspace/edit_store.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <mutex>

#include "base/hash.h"
#include "base/log.h"
#include "workspace/edit_files.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::Result;

const char* state_name(EditState state) {
  switch (state) {
    case EditState::kProposed:
      return "proposed";
    case EditState::kApplied:
      return "applied";
    case EditState::kReverted:
      return "reverted";
  }
  return "";
}

void warn(const Error& error) { base::log(base::LogLevel::kWarning, error.message); }

std::string random_base32(std::size_t characters) {
  static constexpr char kBase32[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<unsigned char, 32> bytes{};
  assert(characters <= bytes.size());
  // Never short or interrupted up to 256 bytes, once the kernel's pool is ready (getrandom(2)).
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  std::string out;
  for (std::size_t i = 0; i < characters; ++i) out.push_back(kBase32[bytes[i] & 31]);
  return out;
}

std::string absolute(const std::string& root, const std::string& resolved) {
  return root == "/" ? root + resolved : root + "/" + resolved;
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

struct EditStore::Impl {
  Impl(EditFiles files_in, std::shared_ptr<Workspace> workspace_in,
       std::shared_ptr<base::FileSystem> seam_in, EditStoreLimits limits_in)
      : files(std::move(files_in)),
        workspace(std::move(workspace_in)),
        seam(std::move(seam_in)),
        limits(limits_in) {}

  EditFiles files;
  std::shared_ptr<Workspace> workspace;
  std::shared_ptr<base::FileSystem> seam;
  EditStoreLimits limits;
  std::mutex changing;  // one replacement at a time; the lock file says so to other processes
  std::mutex summaries_mutex;
  std::map<std::string, EditRecord> summaries;  // what never changes of each record, by id

  Result<std::vector<EditRecord>> current_summaries();
  void drop_oldest();
  void recover_all();
  Result<> recover(const JournalRecord& journal);
  Result<Applied> change(const std::string& id, EditState target);
  Result<FileDescriptor> open_folder(const EditRecord& record, FilePlace& place) const;
  Result<> replace(FileReplacement& replacement, JournalRecord& journal, bool& settled);
  Result<> commit(FileReplacement& replacement, const JournalRecord& journal, bool& settled);
};

// Newest first. Records are read once; those that another process removed go.
Result<std::vector<EditRecord>> EditStore::Impl::current_summaries() {
  CROMWELL_ASSIGN(const std::vector<std::string> ids, files.record_ids());
  const std::lock_guard lock(summaries_mutex);
  std::map<std::string, EditRecord> current;
  for (const std::string& id : ids) {
    if (const auto known = summaries.find(id); known != summaries.end()) {
      current.insert(*known);
    } else if (auto record = files.read_summary(id)) {
      current.emplace(id, std::move(*record));
    } else if (record.error().code != ErrorCode::kNotFound) {
      warn(record.error());
    }
  }
  summaries = std::move(current);
  std::vector<EditRecord> sorted;
  for (const auto& [id, record] : summaries) sorted.push_back(record);
  std::sort(sorted.begin(), sorted.end(), [](const EditRecord& a, const EditRecord& b) {
    return a.created != b.created ? a.created > b.created : a.id > b.id;
  });
  return sorted;
}

void EditStore::Impl::drop_oldest() {
  const auto sorted = current_summaries();
  const auto journals = files.journal_ids();
  if (!sorted || !journals) return;
  for (std::size_t i = static_cast<std::size_t>(std::max(limits.max_records, 1));
       i < sorted->size(); ++i) {
    const std::string& id = (*sorted)[i].id;
    if (std::find(journals->begin(), journals->end(), id) != journals->end()) continue;
    if (auto removed = files.remove_record(id); !removed) warn(removed.error());
  }
}

// Under the lock, so that a journal that is found belongs to nobody who is still at work.
void EditStore::Impl::recover_all() {
  const auto ids = files.journal_ids();
  if (!ids) return warn(ids.error());
  for (const std::string& id : *ids) {
    const auto journal = files.read_journal(id);
    if (!journal) {
      warn(journal.error());
      continue;
    }
    if (auto recovered = recover(*journal); !recovered) {
      warn({recovered.error().code,
            "edit " + id + " was interrupted and not recovered: " + recovered.error().message});
    }
  }
}

Result<> EditStore::Impl::recover(const JournalRecord& journal) {
  CROMWELL_ASSIGN(const EditRecord record, files.read_record(journal.id));
  CROMWELL_ASSIGN(const StateRecord state, files.read_state(journal.id));
  CROMWELL_ASSIGN(FileDescriptor folder, workspace->open_parent(journal.root, journal.resolved));
  const bool forward = journal.target == EditState::kApplied;
  const bool committed = state.temp_name == journal.temp_name;
  FileReplacement replacement(*seam, std::move(folder),
                              {.name = last_part(journal.resolved),
                               .expected_bytes = forward ? record.old_bytes : record.new_bytes,
                               .new_bytes = forward ? record.new_bytes : record.old_bytes,
                               .temp_name = journal.temp_name});
  CROMWELL_TRY(replacement.recover(journal.inodes, committed));
  if (committed && replacement.old_file_is_back()) {
    CROMWELL_TRY(files.write_state(journal.id, {.state = journal.previous}));
  }
  base::log(base::LogLevel::kInfo, "edit " + journal.id + " was interrupted and is recovered");
  return files.remove_journal(journal.id);
}

// The folder to write in, if the edit's path still leads to where it led.
Result<FileDescriptor> EditStore::Impl::open_folder(const EditRecord& record,
                                                    FilePlace& place) const {
  auto located = workspace->locate(record.workspace, record.file);
  const std::string expected = absolute(record.root, record.resolved);
  if (located && absolute(located->root, located->resolved) == expected) {
    place = *located;
    return workspace->open_parent(place.root, place.resolved);
  }
  // Where the root itself is served no more, the locator's own words say what to do.
  const bool gone = located || located.error().code == ErrorCode::kNotFound ||
                    located.error().code == ErrorCode::kUnsupportedFile ||
                    workspace->open_parent(record.root, last_part(record.resolved));
  if (!gone) return located.error();
  return Error{ErrorCode::kFileChanged, record.file + ": it is not where it was, " + record.root +
                                            "/" + record.resolved + "; nothing was written"};
}

Result<Applied> EditStore::Impl::change(const std::string& id, EditState target) {
  const bool forward = target == EditState::kApplied;
  if (!is_edit_id(id)) return Error{ErrorCode::kNotFound, "edit " + id + ": no such edit", "id"};
  const std::lock_guard guard(changing);
  CROMWELL_ASSIGN(const FileDescriptor lock, files.lock());
  recover_all();
  const auto found = files.read_record(id);
  if (!found && found.error().code != ErrorCode::kNotFound) return found.error();
  if (!found) return Error{ErrorCode::kNotFound, "edit " + id + ": no such edit", "id"};
  const EditRecord& record = *found;
  CROMWELL_ASSIGN(const StateRecord state, files.read_state(id));
  if (forward == (state.state == EditState::kApplied)) {
    return Error{ErrorCode::kConflict, "edit " + id + ": it is " + state_name(state.state) +
                                           ", expected one that is " +
                                           (forward ? "not applied" : "applied")};
  }
  if (files.read_journal(id)) {
    return Error{ErrorCode::kConflict, "edit " + id + ": it was interrupted and is not recovered"};
  }
  FilePlace place;
  CROMWELL_ASSIGN(FileDescriptor folder, open_folder(record, place));
  JournalRecord journal{.id = id,
                        .previous = state.state,
                        .target = target,
                        .root = place.root,
                        .resolved = place.resolved,
                        .temp_name = ".cromwell-" + random_base32(20) + ".tmp",
                        .inodes = {}};
  FileReplacement replacement(*seam, std::move(folder),
                              {.name = last_part(place.resolved),
                               .expected_bytes = forward ? record.old_bytes : record.new_bytes,
                               .new_bytes = forward ? record.new_bytes : record.old_bytes,
                               .temp_name = journal.temp_name,
                               .allow_hardlinks = limits.allow_hardlinks});
  bool settled = true;
  auto replaced = replace(replacement, journal, settled);
  if (settled && replacement.clean()) {
    // Left behind it is only looked at again.
    if (auto removed = files.remove_journal(id); !removed) warn(removed.error());
  }
  if (!replaced) return replaced.error();
  return Applied{.id = id,
                 .file = record.file,
                 .sha256 = forward ? record.new_sha256 : record.base_sha256,
                 .guarantee = replacement.exact() ? "exact" : "best_effort"};
}

// The journal is durable before anything appears in the folder, and again, with the inodes by which
// recovery tells the files apart, before they trade names.
// `settled` becomes false if something is left for recovery.
Result<> EditStore::Impl::replace(FileReplacement& replacement, JournalRecord& journal,
                                  bool& settled) {
  CROMWELL_TRY(files.write_journal(journal));
  CROMWELL_TRY(replacement.prepare());
  journal.inodes = replacement.inodes();
  if (auto written = files.write_journal(journal); !written) {
    (void)replacement.put_back();
    return written;
  }
  CROMWELL_TRY(replacement.exchange());
  CROMWELL_TRY(commit(replacement, journal, settled));
  if (auto finished = replacement.finish(); !finished) {
    warn(finished.error());  // the change itself is durable
    settled = false;
  }
  return {};
}

Result<> EditStore::Impl::commit(FileReplacement& replacement, const JournalRecord& journal,
                                 bool& settled) {
  auto committed =
      files.write_state(journal.id, {.state = journal.target, .temp_name = journal.temp_name});
  if (committed && !replacement.undisturbed()) {
    committed = Error{ErrorCode::kFileChanged,
                      journal.resolved + ": another program is writing it; nothing was written"};
  }
  if (committed) return committed;
  const auto back = replacement.put_back();
  const auto undone = files.write_state(journal.id, {.state = journal.previous});
  settled = back && undone;
  if (settled) return committed;
  return Error{ErrorCode::kIo, committed.error().message + "; and the way back failed: " +
                                   (back ? undone : back).error().message};
}

EditStore::EditStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EditStore::~EditStore() = default;

Result<std::shared_ptr<EditStore>> EditStore::open(const std::string& state_folder,
                                                   std::shared_ptr<Workspace> workspace,
                                                   std::shared_ptr<base::FileSystem> files,
                                                   EditStoreLimits limits) {
  if (!files) files = base::posix_file_system();
  CROMWELL_ASSIGN(EditFiles edit_files, EditFiles::open(state_folder, files));
  auto impl =
      std::make_unique<Impl>(std::move(edit_files), std::move(workspace), std::move(files), limits);
  {
    CROMWELL_ASSIGN(const FileDescriptor lock, impl->files.lock());
    impl->files.remove_leftovers();
    impl->recover_all();
  }
  CROMWELL_TRY(impl->current_summaries());
  return std::shared_ptr<EditStore>(new EditStore(std::move(impl)));
}

std::string EditStore::new_id() { return "ed_" + random_base32(20); }

Result<> EditStore::propose(EditRecord record) {
  if (!is_edit_id(record.id)) {
    return Error{ErrorCode::kInvalidRequest, "edit id '" + record.id + "': expected one of new_id"};
  }
  if (base::sha256_hex(record.old_bytes) != record.base_sha256 ||
      base::sha256_hex(record.new_bytes) != record.new_sha256) {
    return Error{ErrorCode::kInvalidRequest,
                 "edit " + record.id + ": its bytes do not match their hashes"};
  }
  if (record.created == std::chrono::system_clock::time_point()) {
    record.created = std::chrono::system_clock::now();
  }
  CROMWELL_ASSIGN(const FileDescriptor lock, impl_->files.lock());
  if (impl_->files.read_summary(record.id)) {
    return Error{ErrorCode::kConflict, "edit " + record.id + ": it exists already"};
  }
  CROMWELL_TRY(impl_->files.write_record(record));
  impl_->drop_oldest();
  return {};
}

Result<Applied> EditStore::apply(const std::string& id) {
  return impl_->change(id, EditState::kApplied);
}

Result<Applied> EditStore::revert(const std::string& id) {
  return impl_->change(id, EditState::kReverted);
}

Result<EditRecord> EditStore::get(const std::string& id) const {
  const Error none{ErrorCode::kNotFound, "edit " + id + ": no such edit", "id"};
  if (!is_edit_id(id)) return none;
  auto record = impl_->files.read_record(id);
  if (!record) return record.error().code == ErrorCode::kNotFound ? none : record.error();
  CROMWELL_ASSIGN(const StateRecord state, impl_->files.read_state(id));
  record->state = state.state;
  return record;
}

std::vector<EditRecord> EditStore::list() const {
  auto records = impl_->current_summaries();
  if (!records) {
    warn(records.error());
    return {};
  }
  for (EditRecord& record : *records) {
    const auto state = impl_->files.read_state(record.id);
    if (state) record.state = state->state;
    if (!state) warn(state.error());
  }
  return std::move(*records);
}

}  // namespace cromwell::workspace
