#include "workspace/edit_recovery.h"

#include "base/log.h"
#include "workspace/replacement_set.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

void warn(const Error& error) { base::log(base::LogLevel::kWarning, error.message); }

Result<> recover(const EditFiles& edits, const Workspace& workspace, base::FileSystem& files,
                 const JournalRecord& journal) {
  CROMWELL_ASSIGN(const EditRecord record, edits.read_record(journal.id));
  CROMWELL_ASSIGN(StateRecord state, edits.read_state(journal.id));
  if (journal.files.size() != record.files.size()) {
    return Error{ErrorCode::kIo, "its journal has other files than its record"};
  }
  const bool forward = journal.target == EditState::kApplied;
  ReplacementSet set;
  std::vector<ReplacementInodes> inodes;
  Result<> unreachable;
  for (std::size_t i = 0; i < record.files.size(); ++i) {
    const JournalFile& file = journal.files[i];
    auto folder = workspace.open_parent(journal.root, file.resolved);
    if (!folder) {
      // A folder that is gone took what there was to recover with it.
      if (folder.error().code != ErrorCode::kNotFound) unreachable = folder.error();
      continue;
    }
    set.add({files, std::move(*folder),
             replacement_plan(record.files[i], forward, file.resolved, journal.temp_name(i))});
    inodes.push_back(file.inodes);
  }
  const bool was_committed = state.change == journal.change;
  bool committed = was_committed;
  CROMWELL_TRY(set.recover(inodes, committed));
  CROMWELL_TRY(unreachable);
  if (was_committed && !committed) {
    state.state = journal.previous;
    state.change.clear();
    CROMWELL_TRY(edits.write_state(journal.id, state));
  }
  base::log(base::LogLevel::kInfo, "edit " + journal.id + " was interrupted and is recovered");
  return edits.remove_journal(journal.id);
}

}  // namespace

void recover_edits(const EditFiles& edits, const Workspace& workspace, base::FileSystem& files) {
  const auto ids = edits.journal_ids();
  if (!ids) return warn(ids.error());
  for (const std::string& id : *ids) {
    const auto journal = edits.read_journal(id);
    if (!journal) {
      warn(journal.error());
      continue;
    }
    if (auto recovered = recover(edits, workspace, files, *journal); !recovered) {
      warn({recovered.error().code,
            "edit " + id + " was interrupted and not recovered: " + recovered.error().message});
    }
  }
}

}  // namespace cromwell::workspace
