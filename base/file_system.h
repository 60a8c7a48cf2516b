// FileSystem: the system calls by which files are read and changed, as a seam: tests put a fake in
// between that fails, writes short or stops the process at any call. Each function is its system
// call, EINTR and short counts included: it returns what the call returns and sets errno. Nothing
// is retried here; base/file_io.h has the loops. Any thread.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/beneath.h"

namespace cromwell::base {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual int open_beneath(int folder, const std::string& path, int flags, Links links) = 0;
  // O_CLOEXEC and O_NOFOLLOW are added: `name` is one part of a path.
  virtual int open_at(int folder, const std::string& name, int flags, mode_t mode) = 0;
  virtual ssize_t read(int fd, void* buffer, std::size_t size) = 0;
  virtual ssize_t write(int fd, const void* buffer, std::size_t size) = 0;
  virtual int fsync(int fd) = 0;
  virtual int fstat(int fd, struct stat* out) = 0;
  virtual int stat_at(int folder, const std::string& name, struct stat* out) = 0;  // of a link
  virtual int access_at(int folder, const std::string& name, int mode) = 0;        // effective ids
  virtual int fchmod(int fd, mode_t mode) = 0;
  virtual int fchown(int fd, uid_t uid, gid_t gid) = 0;
  virtual ssize_t list_xattr(int fd, char* names, std::size_t size) = 0;
  virtual ssize_t get_xattr(int fd, const std::string& name, void* value, std::size_t size) = 0;
  virtual int set_xattr(int fd, const std::string& name, const void* value, std::size_t size) = 0;
  virtual int remove_xattr(int fd, const std::string& name) = 0;
  // Both names in one folder; flags as renameat2(2).
  virtual int link_at(int folder, const std::string& from, const std::string& to) = 0;
  virtual int rename_at(int folder, const std::string& from, const std::string& to,
                        unsigned flags) = 0;
  virtual int unlink_at(int folder, const std::string& name) = 0;
  virtual int make_folder_at(int folder, const std::string& name, mode_t mode) = 0;
  // Appends the names in the open folder, without "." and "..".
  virtual int list_folder(int folder, std::vector<std::string>* names) = 0;
  // F_SETLEASE F_RDLCK, with a break signal that is ignored by default.
  virtual int take_lease(int fd) = 0;
  // F_GETLEASE: F_RDLCK while it holds and nobody waits to write.
  virtual int get_lease(int fd) = 0;
  virtual int lock_exclusive(int fd) = 0;  // flock(2), waits
};

// The running kernel's.
std::shared_ptr<FileSystem> posix_file_system();

}  // namespace cromwell::base
