// FaultyFileSystem: the kernel's file system with one call going wrong: an error before or after
// the call took place, a short count, or the end of the process. Calls are counted from 1 over all
// functions. Several threads may call while nobody looks at what was counted; the hooks are theirs
// to guard.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace cromwell::tests {

struct Fault {
  enum class Kind { kNone, kFail, kFailAfter, kShort, kExit };
  Kind kind = Kind::kNone;
  int at_call = 0;
  int error_number = EIO;
  bool sticky = false;        // every later call goes wrong as well
  bool only_changes = false;  // at_call counts the calls that change something
};

inline constexpr int kCrashStatus = 77;  // of a process that a fault ended

class FaultyFileSystem final : public base::FileSystem {
 public:
  Fault fault;
  int calls = 0;
  int changes = 0;                 // calls that change something on disk
  std::vector<std::string> trace;  // "function name…" of each call
  // Before the call happens, for races: what another program does at this very moment.
  std::function<void(const std::string& call)> before;
  // Paths are opened by openat(2), which lets them lead anywhere: the first layer is off.
  bool opens_anything = false;
  // For file systems that lack a feature: an error number for a call, 0 to go on.
  std::function<int(const std::string& call)> lacks;

  int open_beneath(int folder, const std::string& path, int flags, base::Links links) override {
    return named(path, run("open_beneath " + path, [&] {
                   return opens_anything ? ::openat(folder, path.c_str(), flags | O_CLOEXEC)
                                         : real_->open_beneath(folder, path, flags, links);
                 }));
  }
  int open_at(int folder, const std::string& name, int flags, mode_t mode) override {
    return named(name,
                 run("open_at " + name, [&] { return real_->open_at(folder, name, flags, mode); }));
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return run_sized("read " + name_of(fd), size,
                     [&](std::size_t s) { return real_->read(fd, buffer, s); });
  }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    return run_sized("write " + name_of(fd), size,
                     [&](std::size_t s) { return real_->write(fd, buffer, s); });
  }
  int fsync(int fd) override {
    return run("fsync " + name_of(fd), [&] { return real_->fsync(fd); });
  }
  int fstat(int fd, struct stat* out) override {
    return run("fstat", [&] { return real_->fstat(fd, out); });
  }
  int stat_at(int folder, const std::string& name, struct stat* out) override {
    return run("stat_at " + name, [&] { return real_->stat_at(folder, name, out); });
  }
  int access_at(int folder, const std::string& name, int mode) override {
    return run("access_at " + name, [&] { return real_->access_at(folder, name, mode); });
  }
  int fchmod(int fd, mode_t mode) override {
    return run("fchmod", [&] { return real_->fchmod(fd, mode); });
  }
  int fchown(int fd, uid_t uid, gid_t gid) override {
    return run("fchown", [&] { return real_->fchown(fd, uid, gid); });
  }
  ssize_t list_xattr(int fd, char* names, std::size_t size) override {
    return run("list_xattr", [&] { return real_->list_xattr(fd, names, size); });
  }
  ssize_t get_xattr(int fd, const std::string& name, void* value, std::size_t size) override {
    return run("get_xattr " + name, [&] { return real_->get_xattr(fd, name, value, size); });
  }
  int set_xattr(int fd, const std::string& name, const void* value, std::size_t size) override {
    return run("set_xattr " + name, [&] { return real_->set_xattr(fd, name, value, size); });
  }
  int remove_xattr(int fd, const std::string& name) override {
    return run("remove_xattr " + name, [&] { return real_->remove_xattr(fd, name); });
  }
  int link_at(int folder, const std::string& from, const std::string& to) override {
    return run("link_at " + from + " " + to, [&] { return real_->link_at(folder, from, to); });
  }
  int rename_at(int folder, const std::string& from, const std::string& to,
                unsigned flags) override {
    const char* how = (flags & RENAME_EXCHANGE) != 0 ? "exchange " : "rename_at ";
    return run(how + from + " " + to, [&] { return real_->rename_at(folder, from, to, flags); });
  }
  int unlink_at(int folder, const std::string& name) override {
    return run("unlink_at " + name, [&] { return real_->unlink_at(folder, name); });
  }
  int make_folder_at(int folder, const std::string& name, mode_t mode) override {
    return run("make_folder_at " + name, [&] { return real_->make_folder_at(folder, name, mode); });
  }
  int list_folder(int folder, std::vector<std::string>* names) override {
    return run("list_folder", [&] { return real_->list_folder(folder, names); });
  }
  int take_lease(int fd) override {
    return run("take_lease", [&] { return real_->take_lease(fd); });
  }
  int get_lease(int fd) override {
    return run("get_lease", [&] { return real_->get_lease(fd); });
  }
  int lock_exclusive(int fd) override {
    return run("lock_exclusive", [&] { return real_->lock_exclusive(fd); });
  }

 private:
  static bool is_change(const std::string& call) {
    for (const char* change : {"write", "fsync", "rename_at", "exchange", "unlink_at", "link_at"}) {
      if (call.starts_with(change)) return true;
    }
    return false;
  }

  template <class Call>
  auto run(const std::string& what, Call&& call) -> decltype(call()) {
    return run_sized(what, 0, [&](std::size_t) { return call(); });
  }

  template <class Call>
  auto run_sized(const std::string& what, std::size_t size, Call&& call) -> decltype(call(size)) {
    {
      const std::lock_guard lock(mutex_);
      ++calls;
      trace.push_back(what);
    }
    if (before) before(what);
    if (const int missing = lacks ? lacks(what) : 0; missing != 0) {
      errno = missing;
      return -1;
    }
    const Fault::Kind kind = next_fault(is_change(what));
    if (kind == Fault::Kind::kExit) ::_exit(kCrashStatus);
    if (kind == Fault::Kind::kShort) return call(std::min(size, (size + 1) / 2));
    if (kind == Fault::Kind::kFailAfter) (void)call(size);
    if (kind == Fault::Kind::kFail || kind == Fault::Kind::kFailAfter) {
      errno = fault.error_number;
      return -1;
    }
    return call(size);
  }

  Fault::Kind next_fault(bool change) {
    const std::lock_guard lock(mutex_);
    changes += change ? 1 : 0;
    const int number = fault.only_changes ? (change ? changes : 0) : calls;
    const bool now =
        fault.sticky ? fault.at_call > 0 && number >= fault.at_call : number == fault.at_call;
    return now && number > 0 ? fault.kind : Fault::Kind::kNone;
  }

  int named(const std::string& name, int fd) {
    const std::lock_guard lock(mutex_);
    if (fd >= 0) names_[fd] = name;
    return fd;
  }
  std::string name_of(int fd) {
    const std::lock_guard lock(mutex_);
    return names_[fd];
  }

  std::mutex mutex_;
  std::map<int, std::string> names_;  // by which each descriptor was opened last
  std::shared_ptr<base::FileSystem> real_ = base::posix_file_system();
};

}  // namespace cromwell::tests
