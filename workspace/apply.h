// FileReplacement: one file's content exchanged for another, so that at every instant the name
// holds the old bytes or the new ones, and so that what somebody else saves in between is never
// lost. The only code that writes to a workspace. Knows one folder and names in it, no paths, no
// records; the journal that survives a crash is edit_store's. One thread.
//
//   prepare   the file is as expected; a temp file beside it has the new bytes, durable
//   exchange  temp and file trade names; what came out is checked: the very file that was
//             expected, with no writer (a lease proves it); else they trade back
//   finish    the old file, under the temp name, goes       (after the caller's commit)
//   put_back  or they trade back                            (if the commit fails)
//
// Where RENAME_EXCHANGE is missing, a second link keeps the old file while the new one is renamed
// over it; a save within that moment could be lost, hence exact() is false.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/file_system.h"
#include "base/result.h"

namespace cromwell::workspace {

struct ReplacementPlan {
  std::string name;  // in the folder, no '/'
  std::string_view expected_bytes;
  std::string_view new_bytes;
  std::string temp_name;  // unguessable; ".old" is appended for the second link
  bool allow_hardlinks = false;
};

// Inodes of the two files, 0 while unknown. Device numbers may change over a restart; both files
// are in one folder anyway.
struct ReplacementInodes {
  ino_t old_file = 0;
  ino_t new_file = 0;
};

class FileReplacement {
 public:
  // `plan`'s views must outlive this.
  FileReplacement(base::FileSystem& files, base::FileDescriptor folder, ReplacementPlan plan);

  // kFileChanged (not the expected bytes, gone, a link), kUnsupportedFile (hard-linked, owner or
  // attributes cannot be kept), kForbidden (read-only), kIo. After an error nothing has changed.
  base::Result<> prepare();
  // kFileChanged or kIo: then the old file, or somebody's save, has the name again.
  base::Result<> exchange();
  base::Result<> put_back();
  // The lease still holds: nobody tried to write to the old file since exchange().
  bool undisturbed() const;
  base::Result<> finish();

  // After a crash: brings the folder to the state before (or, committed, after) the replacement,
  // from the inodes that the journal holds. Idempotent.
  base::Result<> recover(const ReplacementInodes& inodes, bool committed);

  const ReplacementInodes& inodes() const { return inodes_; }
  bool exact() const { return exact_; }
  // The name has the very file that it had before, by the journal. Inode numbers are used again:
  // the bytes are compared too.
  bool has_old_file(const ReplacementInodes& inodes) const;
  // No name of ours is left in the folder, and that is durable.
  bool clean() const { return !temp_exists_ && !backup_exists_ && synced_; }

 private:
  enum class Quiet { kYes, kNo, kUnknown };

  base::Result<> check_target(base::FileDescriptor& target);
  base::Result<> write_temp(const base::FileDescriptor& target);
  base::Result<> exchange_names();
  base::Result<> replace_by_links();
  base::Result<> check_displaced(const std::string& displaced_name);
  base::Result<> trade_back();
  base::Result<> restore_backup();
  base::Result<> settle_unfinished();
  base::Result<> sync_folder();
  bool is_untouched_new_file(const std::string& name, base::FileDescriptor& lease);
  Quiet take_lease(int fd);
  bool has_inode(const std::string& name, ino_t inode) const;
  bool exists(const std::string& name) const;
  base::Result<> remove(const std::string& name);
  base::Error changed(const std::string& how) const;
  std::string backup_name() const { return plan_.temp_name + ".old"; }

  base::FileSystem& files_;
  base::FileDescriptor folder_;
  ReplacementPlan plan_;
  ReplacementInodes inodes_;
  struct stat old_stat_{};
  base::FileDescriptor displaced_;  // the old file, leased, from exchange() on
  bool leased_ = false;
  bool exact_ = true;
  bool prepared_ = false;  // the temp file is whole, and may be anywhere
  bool synced_ = true;     // what was done to the folder's names is durable
  bool temp_exists_ = false;
  bool backup_exists_ = false;  // the fallback's second link
};

}  // namespace cromwell::workspace
