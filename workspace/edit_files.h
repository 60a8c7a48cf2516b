// EditFiles: the edit store's folder on disk. Per edit ID.edit (written once: what is proposed),
// ID.state (what has become of it; absent: nothing) and, while a file is being replaced,
// ID.journal. Each is written whole or not at all, and a damaged one is an error. Knows nothing of
// the workspace. Thread-safe as far as the file system is.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/file_system.h"
#include "base/result.h"
#include "workspace/edit_codec.h"
#include "workspace/edit_record.h"

namespace cromwell::workspace {

bool is_edit_id(const std::string& id);  // "ed_" and 20 characters of base32: safe as a file name

class EditFiles {
 public:
  // Makes the folder and those above it (0700) if need be.
  static base::Result<EditFiles> open(const std::string& state_folder,
                                      std::shared_ptr<base::FileSystem> files);

  // Waits for whoever replaces a file now, in any process; held until the descriptor closes.
  base::Result<base::FileDescriptor> lock() const;

  base::Result<std::vector<std::string>> record_ids() const;
  base::Result<std::vector<std::string>> journal_ids() const;
  // Removes what a crash left behind: temp files and states of records that are gone.
  void remove_leftovers() const;

  base::Result<> write_record(const EditRecord& record) const;
  base::Result<EditRecord> read_summary(const std::string& id) const;  // without patch and bytes
  base::Result<EditRecord> read_record(const std::string& id) const;
  base::Result<std::uint64_t> record_bytes(const std::string& id) const;  // on disk
  base::Result<> remove_record(const std::string& id) const;

  base::Result<> write_state(const std::string& id, const StateRecord& state) const;
  base::Result<StateRecord> read_state(const std::string& id) const;

  base::Result<> write_journal(const JournalRecord& journal) const;
  base::Result<JournalRecord> read_journal(const std::string& id) const;
  base::Result<> remove_journal(const std::string& id) const;

 private:
  EditFiles(std::shared_ptr<base::FileSystem> files, base::FileDescriptor folder);
  base::Result<base::FileDescriptor> open_file(const std::string& name) const;
  base::Result<std::string> read_file(const std::string& name) const;
  base::Result<std::vector<std::string>> ids_with(const std::string& suffix) const;
  base::Result<> remove(const std::string& name) const;

  std::shared_ptr<base::FileSystem> files_;
  base::FileDescriptor folder_;
};

}  // namespace cromwell::workspace
