// EditStore: edits on disk, from proposal to apply to revert, and the only code that writes files.
// A record lives in the state folder from the moment an edit has an id, so that apply and revert
// work after a restart. Thread-safe; changes are made one at a time. All writes go through
// workspace/apply on the file-system seam (base/file_system.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/edit_history.h"
#include "workspace/edit_record.h"
#include "workspace/workspace.h"

namespace cromwell::base {
class FileSystem;
}

namespace cromwell::workspace {

struct EditStoreLimits {
  HistoryLimits history;
  std::size_t max_files = 64;  // of one edit
  bool allow_hardlinks = false;
};

struct ApplyOptions {
  // Where a file changed since the snapshot, what was done to it and the edit are merged: the
  // record then starts from the file as it is, and revert leads back there. kFileChanged where they
  // change the same lines, or the outcome has a syntax error that neither side has.
  bool merge = false;
  // Not empty: the same key and the same request get the same answer again, for good, and nothing
  // is done twice. kConflict if it was used for another request about this edit.
  std::string key;
};

class EditStore {
 public:
  // Creates the folder (0700) if need be and recovers from an interrupted apply before it returns.
  // Damaged records are skipped with a warning in the log. Several stores, in one process or many,
  // may share a folder. Without `files`, the kernel's file system.
  static base::Result<std::shared_ptr<EditStore>> open(
      const std::string& state_folder, std::shared_ptr<Workspace> workspace,
      std::shared_ptr<base::FileSystem> files = nullptr, EditStoreLimits limits = {});
  ~EditStore();

  static std::string new_id();

  // Keeps a proposal, durably; record.id must be set (new_id), the state becomes kProposed.
  // kInvalidRequest if the hashes are not those of the bytes, a file is there twice or there are
  // none or too many, kConflict if the id is taken.
  base::Result<> propose(EditRecord record);
  // kNotFound; kConflict if already applied (a reverted edit may be applied again); kFileChanged if
  // a file on disk is not base_sha256 any more, or its path leads elsewhere; kUnsupportedFile if
  // mode, owner, attributes or hard links could not be kept; kForbidden if it is read-only. After
  // any error nothing is written to any file. Returns only when the new bytes are durable.
  base::Result<Applied> apply(const std::string& id, const ApplyOptions& options = {});
  // The old bytes back; kFileChanged if a file is not new_sha256 any more, kConflict if not
  // applied; else as apply().
  base::Result<Applied> revert(const std::string& id, const ApplyOptions& options = {});
  base::Result<EditRecord> get(const std::string& id) const;
  std::vector<EditRecord> list() const;  // newest first, without the bytes

 private:
  struct Impl;
  explicit EditStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::workspace
