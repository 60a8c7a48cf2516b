// EditRecord: one edit as it is kept, of one file or several, and what an apply of it answers.
// Plain data; how it lies on disk is edit_codec's.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace cromwell::workspace {

enum class EditState { kProposed, kApplied, kReverted };

struct FileChange {
  std::string file;         // as named, relative to the edit's workspace
  std::string resolved;     // where links led, relative to the edit's root
  std::string base_sha256;  // of old_bytes
  std::string new_sha256;   // of new_bytes
  std::string patch;
  std::string old_bytes;
  std::string new_bytes;
};

struct EditRecord {
  std::string id;  // "ed_" and 20 characters of base32, unguessable
  EditState state = EditState::kProposed;
  std::string workspace;  // absolute
  std::string root;       // absolute
  std::string instruction;
  std::vector<FileChange> files;  // at least one, each another file
  std::chrono::system_clock::time_point created;
};

struct AppliedFile {
  std::string file;
  std::string sha256;  // of the file as it is now
};

struct Applied {
  std::string id;
  std::vector<AppliedFile> files;
  std::string guarantee;  // "exact", or "best_effort" where the file system lacks
                          // RENAME_EXCHANGE or leases
};

}  // namespace cromwell::workspace
