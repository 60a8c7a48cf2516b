#include "base/file_system.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "base/beneath.h"

namespace cromwell::base {
namespace {

class PosixFileSystem final : public FileSystem {
 public:
  int open_beneath(int folder, const std::string& path, int flags, Links links) override {
    return base::open_beneath(folder, path, flags, links);
  }
  int open_at(int folder, const std::string& name, int flags, mode_t mode) override {
    return ::openat(folder, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode);
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override { return ::read(fd, buffer, size); }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    return ::write(fd, buffer, size);
  }
  int fsync(int fd) override { return ::fsync(fd); }
  int fstat(int fd, struct stat* out) override { return ::fstat(fd, out); }
  int stat_at(int folder, const std::string& name, struct stat* out) override {
    return ::fstatat(folder, name.c_str(), out, AT_SYMLINK_NOFOLLOW);
  }
  int access_at(int folder, const std::string& name, int mode) override {
    return ::faccessat(folder, name.c_str(), mode, AT_EACCESS);
  }
  int fchmod(int fd, mode_t mode) override { return ::fchmod(fd, mode); }
  int fchown(int fd, uid_t uid, gid_t gid) override { return ::fchown(fd, uid, gid); }
  ssize_t list_xattr(int fd, char* names, std::size_t size) override {
    return ::flistxattr(fd, names, size);
  }
  ssize_t get_xattr(int fd, const std::string& name, void* value, std::size_t size) override {
    return ::fgetxattr(fd, name.c_str(), value, size);
  }
  int set_xattr(int fd, const std::string& name, const void* value, std::size_t size) override {
    return ::fsetxattr(fd, name.c_str(), value, size, 0);
  }
  int remove_xattr(int fd, const std::string& name) override {
    return ::fremovexattr(fd, name.c_str());
  }
  int link_at(int folder, const std::string& from, const std::string& to) override {
    return ::linkat(folder, from.c_str(), folder, to.c_str(), 0);
  }
  int rename_at(int folder, const std::string& from, const std::string& to,
                unsigned flags) override {
    return ::renameat2(folder, from.c_str(), folder, to.c_str(), flags);
  }
  int unlink_at(int folder, const std::string& name) override {
    return ::unlinkat(folder, name.c_str(), 0);
  }
  int make_folder_at(int folder, const std::string& name, mode_t mode) override {
    return ::mkdirat(folder, name.c_str(), mode);
  }
  int list_folder(int folder, std::vector<std::string>* names) override;
  int take_lease(int fd) override;
  int get_lease(int fd) override { return ::fcntl(fd, F_GETLEASE); }
  int lock_exclusive(int fd) override { return ::flock(fd, LOCK_EX); }
};

int PosixFileSystem::list_folder(int folder, std::vector<std::string>* names) {
  // A descriptor of its own: readdir moves the offset of the one it is given.
  const int fd = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  DIR* stream = ::fdopendir(fd);
  if (stream == nullptr) {
    ::close(fd);
    return -1;
  }
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names->push_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(stream);
  errno = error;
  return error == 0 ? 0 : -1;
}

int PosixFileSystem::take_lease(int fd) {
  // A writer's open() breaks the lease with a signal. SIGIO, the default, would end the process;
  // SIGURG is ignored unless somebody asked for it.
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return -1;
  return ::fcntl(fd, F_SETLEASE, F_RDLCK);
}

}  // namespace

std::shared_ptr<FileSystem> posix_file_system() {
  static const auto kFileSystem = std::make_shared<PosixFileSystem>();
  return kFileSystem;
}

}  // namespace cromwell::base
