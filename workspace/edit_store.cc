#include "workspace/edit_store.h"

#include <sys/random.h>

#include <array>
#include <cassert>
#include <mutex>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/log.h"
#include "workspace/diff.h"
#include "workspace/edit_files.h"
#include "workspace/edit_recovery.h"
#include "workspace/merge.h"
#include "workspace/replacement_set.h"

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

std::string request_text(EditState target, const ApplyOptions& options) {
  return std::string(state_name(target)) + (options.merge ? " merged" : "");
}

Applied applied_of(const EditRecord& record, EditState target, bool exact) {
  Applied applied{.id = record.id, .files = {}, .guarantee = exact ? "exact" : "best_effort"};
  for (const FileChange& file : record.files) {
    applied.files.push_back(
        {file.file, target == EditState::kApplied ? file.new_sha256 : file.base_sha256});
  }
  return applied;
}

Error invalid(const EditRecord& record, const std::string& how) {
  return {ErrorCode::kInvalidRequest, "edit " + record.id + ": " + how};
}

Result<> check_record(const EditRecord& record, std::size_t max_files) {
  if (!is_edit_id(record.id)) {
    return Error{ErrorCode::kInvalidRequest, "edit id '" + record.id + "': expected one of new_id"};
  }
  if (record.files.empty() || record.files.size() > max_files) {
    return invalid(record, std::to_string(record.files.size()) + " files, expected 1 to " +
                               std::to_string(max_files));
  }
  std::set<std::string> places;
  for (const FileChange& file : record.files) {
    if (base::sha256_hex(file.old_bytes) != file.base_sha256 ||
        base::sha256_hex(file.new_bytes) != file.new_sha256) {
      return invalid(record, "its bytes do not match their hashes");
    }
    if (!places.insert(file.resolved).second) {
      return invalid(record, file.file + " is there twice");
    }
  }
  return {};
}

}  // namespace

struct EditStore::Impl {
  Impl(EditFiles files_in, std::shared_ptr<Workspace> workspace_in,
       std::shared_ptr<base::FileSystem> seam_in, EditStoreLimits limits_in)
      : files(std::move(files_in)),
        workspace(std::move(workspace_in)),
        seam(std::move(seam_in)),
        limits(limits_in),
        history(files, limits_in.history) {}

  const EditFiles files;
  const std::shared_ptr<Workspace> workspace;
  const std::shared_ptr<base::FileSystem> seam;
  const EditStoreLimits limits;
  EditHistory history;
  std::mutex changing;  // one change at a time; the lock file says so to other processes

  Result<Applied> change(const std::string& id, EditState target, const ApplyOptions& options);
  Result<bool> merge(EditRecord& record) const;
  Result<> keep_merged(const EditRecord& record);
  Result<FileDescriptor> open_folder(const EditRecord& record, const FileChange& file,
                                     FilePlace& place) const;
  Result<JournalRecord> plan(const EditRecord& record, EditState previous, EditState target,
                             ReplacementSet& set) const;
  Result<Applied> replace(ReplacementSet& set, JournalRecord& journal, const EditRecord& record,
                          StateRecord state, const KeyedAnswer& asked, bool& settled) const;
  Result<> commit(ReplacementSet& set, const std::string& id, const StateRecord& before,
                  const StateRecord& after, bool& settled) const;
};

// The folder to write in, if the edit's path still leads to where it led.
Result<FileDescriptor> EditStore::Impl::open_folder(const EditRecord& record,
                                                    const FileChange& file,
                                                    FilePlace& place) const {
  auto located = workspace->locate(record.workspace, file.file);
  const std::string expected = absolute(record.root, file.resolved);
  if (located && absolute(located->root, located->resolved) == expected) {
    place = *located;
    return workspace->open_parent(place.root, place.resolved);
  }
  // Where the root itself is served no more, the locator's own words say what to do.
  const bool gone = located || located.error().code == ErrorCode::kNotFound ||
                    located.error().code == ErrorCode::kUnsupportedFile ||
                    workspace->open_parent(record.root, last_part(file.resolved));
  if (!gone) return located.error();
  return Error{ErrorCode::kFileChanged, file.file + ": it is not where it was, " + record.root +
                                            "/" + file.resolved + "; nothing was written"};
}

// The replacements, and the journal of them before any is prepared.
Result<JournalRecord> EditStore::Impl::plan(const EditRecord& record, EditState previous,
                                            EditState target, ReplacementSet& set) const {
  JournalRecord journal{.id = record.id,
                        .change = random_base32(20),
                        .previous = previous,
                        .target = target,
                        .root = record.root,
                        .files = {}};
  for (const FileChange& file : record.files) {
    FilePlace place;
    CROMWELL_ASSIGN(FileDescriptor folder, open_folder(record, file, place));
    journal.root = place.root;  // the same of all: that of their workspace
    ReplacementPlan replacement =
        replacement_plan(file, target == EditState::kApplied, place.resolved,
                         journal.temp_name(journal.files.size()));
    replacement.allow_hardlinks = limits.allow_hardlinks;
    set.add({*seam, std::move(folder), std::move(replacement)});
    journal.files.push_back({.resolved = place.resolved, .inodes = {}});
  }
  return journal;
}

// The record's files as they are now become its old bytes. A file that did not change stays; false:
// none did.
Result<bool> EditStore::Impl::merge(EditRecord& record) const {
  bool merged = false;
  for (FileChange& file : record.files) {
    const auto found = workspace->read(record.workspace, file.file);
    if (!found && found.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kFileChanged, found.error().message + "; nothing was written"};
    }
    if (!found) return found.error();
    const Snapshot& now = *found;
    if (now.sha256 == file.base_sha256) continue;
    merged = true;
    CROMWELL_ASSIGN(file.new_bytes, merge_texts({.base = file.old_bytes,
                                                 .ours = now.text.bytes(),
                                                 .theirs = file.new_bytes,
                                                 .file = file.file}));
    file.old_bytes = now.text.bytes();
    file.base_sha256 = now.sha256;
    file.new_sha256 = base::sha256_hex(file.new_bytes);
    CROMWELL_ASSIGN(const Diff diff, make_diff(file.old_bytes, file.new_bytes, file.file));
    file.patch = diff.patch;
  }
  return merged;
}

// Written first: a list that is made in between would keep the old one.
Result<> EditStore::Impl::keep_merged(const EditRecord& record) {
  CROMWELL_TRY(files.write_record(record));
  history.forget(record.id);
  return {};
}

Result<Applied> EditStore::Impl::change(const std::string& id, EditState target,
                                        const ApplyOptions& options) {
  const Error none{ErrorCode::kNotFound, "edit " + id + ": no such edit", "id"};
  if (!is_edit_id(id)) return none;
  const std::lock_guard guard(changing);
  CROMWELL_ASSIGN(const FileDescriptor lock, files.lock());
  recover_edits(files, *workspace, *seam);
  auto record = files.read_record(id);
  if (!record) return record.error().code == ErrorCode::kNotFound ? none : record.error();
  CROMWELL_ASSIGN(const StateRecord state, files.read_state(id));
  const KeyedAnswer asked{.key = options.key, .request = request_text(target, options)};
  CROMWELL_ASSIGN(const std::optional<Applied> answered, answer_of(state.answers, asked));
  if (answered) return *answered;
  const bool forward = target == EditState::kApplied;
  if (forward == (state.state == EditState::kApplied)) {
    return Error{ErrorCode::kConflict, "edit " + id + ": it is " + state_name(state.state) +
                                           ", expected one that is " +
                                           (forward ? "not applied" : "applied")};
  }
  if (files.read_journal(id)) {
    return Error{ErrorCode::kConflict, "edit " + id + ": it was interrupted and is not recovered"};
  }
  bool merged = false;
  if (forward && options.merge) {
    CROMWELL_ASSIGN(merged, merge(*record));
  }
  ReplacementSet set;
  CROMWELL_ASSIGN(JournalRecord journal, plan(*record, state.state, target, set));
  // Only now is it known that what was merged are the edit's own files.
  if (merged) CROMWELL_TRY(keep_merged(*record));
  bool settled = true;
  auto applied = replace(set, journal, *record, state, asked, settled);
  if (settled && set.clean()) {
    // Left behind it is only looked at again.
    if (auto removed = files.remove_journal(id); !removed) warn(removed.error());
  }
  return applied;
}

// The journal is durable before anything appears in a folder, and again, with the inodes by which
// recovery tells the files apart, before they trade names.
// `settled` becomes false if something is left for recovery.
Result<Applied> EditStore::Impl::replace(ReplacementSet& set, JournalRecord& journal,
                                         const EditRecord& record, StateRecord state,
                                         const KeyedAnswer& asked, bool& settled) const {
  CROMWELL_TRY(files.write_journal(journal));
  CROMWELL_TRY(set.prepare());
  const std::vector<ReplacementInodes> inodes = set.inodes();
  for (std::size_t i = 0; i < inodes.size(); ++i) journal.files[i].inodes = inodes[i];
  if (auto written = files.write_journal(journal); !written) {
    (void)set.put_back();
    return written.error();
  }
  CROMWELL_TRY(set.exchange());
  const Applied applied = applied_of(record, journal.target, set.exact());
  const StateRecord before{state.state, {}, state.answers};
  StateRecord after{journal.target, journal.change, std::move(state.answers)};
  keep_answer(after.answers, asked, applied);
  CROMWELL_TRY(commit(set, journal.id, before, after, settled));
  if (auto finished = set.finish(); !finished) {
    warn(finished.error());  // the change itself is durable
    settled = false;
  }
  return applied;
}

// That it is undone is made durable first, so that a crash on the way back does not look like one
// on the way on.
Result<> EditStore::Impl::commit(ReplacementSet& set, const std::string& id,
                                 const StateRecord& before, const StateRecord& after,
                                 bool& settled) const {
  auto committed = files.write_state(id, after);
  if (committed && !set.undisturbed()) {
    committed = Error{ErrorCode::kFileChanged,
                      "edit " + id + ": another program is writing a file; nothing was written"};
  }
  if (committed) return committed;
  const auto undone = files.write_state(id, before);
  const auto back = set.put_back();
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
    recover_edits(impl->files, *impl->workspace, *impl->seam);
  }
  CROMWELL_TRY(impl->history.list());
  return std::shared_ptr<EditStore>(new EditStore(std::move(impl)));
}

std::string EditStore::new_id() { return "ed_" + random_base32(20); }

Result<> EditStore::propose(EditRecord record) {
  CROMWELL_TRY(check_record(record, impl_->limits.max_files));
  if (record.created == std::chrono::system_clock::time_point()) {
    record.created = std::chrono::system_clock::now();
  }
  CROMWELL_ASSIGN(const FileDescriptor lock, impl_->files.lock());
  if (impl_->files.read_summary(record.id)) {
    return Error{ErrorCode::kConflict, "edit " + record.id + ": it exists already"};
  }
  CROMWELL_TRY(impl_->files.write_record(record));
  impl_->history.drop_old(std::chrono::system_clock::now());
  return {};
}

Result<Applied> EditStore::apply(const std::string& id, const ApplyOptions& options) {
  return impl_->change(id, EditState::kApplied, options);
}

Result<Applied> EditStore::revert(const std::string& id, const ApplyOptions& options) {
  return impl_->change(id, EditState::kReverted, options);
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
  auto records = impl_->history.list();
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
