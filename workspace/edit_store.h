// EditStore: edits on disk, from proposal to apply to revert, and the only code that writes files.
// A record lives in the state folder from the moment an edit has an id, so that apply and revert
// work after a restart. Thread-safe; applies of one file are serialised. All writes go through
// workspace/apply on the file-system seam (base/file_system.h).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/workspace.h"

namespace cromwell::base {
class FileSystem;
}

namespace cromwell::workspace {

enum class EditState { kProposed, kApplied, kReverted };

struct EditRecord {
  std::string id;  // "ed_" and 20 characters of base32, unguessable
  EditState state = EditState::kProposed;
  std::string workspace;    // absolute
  std::string root;         // absolute
  std::string file;         // as named, relative to workspace
  std::string resolved;     // relative to root
  FileIdentity identity;    // when it was proposed
  std::string base_sha256;  // of old_bytes
  std::string new_sha256;   // of new_bytes
  std::string instruction;
  std::string patch;
  std::string old_bytes;
  std::string new_bytes;
  std::chrono::system_clock::time_point created;
};

struct Applied {
  std::string id;
  std::string file;
  std::string sha256;     // of the file as it is now
  std::string guarantee;  // "exact", or "best_effort" where the file system lacks
                          // RENAME_EXCHANGE or leases
};

struct EditStoreLimits {
  int max_records = 1000;  // the oldest go first
  bool allow_hardlinks = false;
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
  // kInvalidRequest if the hashes are not those of the bytes, kConflict if the id is taken.
  base::Result<> propose(EditRecord record);
  // kNotFound; kConflict if already applied (a reverted edit may be applied again); kFileChanged if
  // the file on disk is not base_sha256 any more, or its path leads elsewhere; kUnsupportedFile if
  // mode, owner, attributes or hard links could not be kept; kForbidden if it is read-only. After
  // any error nothing is written. Returns only when the new bytes are durable.
  base::Result<Applied> apply(const std::string& id);
  // The old bytes back; kFileChanged if the file is not new_sha256 any more, kConflict if not
  // applied; else as apply().
  base::Result<Applied> revert(const std::string& id);
  base::Result<EditRecord> get(const std::string& id) const;
  std::vector<EditRecord> list() const;  // newest first, without the bytes

 private:
  struct Impl;
  explicit EditStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::workspace
