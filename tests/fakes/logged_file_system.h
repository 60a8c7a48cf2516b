// LoggedFileSystem: the kernel's file system, with a log of what was done to disk and what was made
// durable; crash_image() is what a loss of power might leave of it. Not thread-safe.
//
// The model is harsher than any file system: a write that no fsync of its file follows may be lost,
// kept, or kept in part, whatever became of those around it; so may each change of a folder's names
// that no fsync of the folder follows, in any order. What an fsync covers is there.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/file_system.h"

namespace cromwell::tests {

struct DiskImage {
  std::map<ino_t, std::map<std::string, ino_t>> folders;  // name to file, by folder
  std::map<ino_t, std::string> files;
};

class LoggedFileSystem final : public base::FileSystem {
 public:
  // Inode numbers as they were when the log was made, for files that were written anew since.
  std::map<ino_t, ino_t> inode_of;

  int open_beneath(int folder, const std::string& path, int flags, base::Links links) override {
    return real_->open_beneath(folder, path, flags, links);
  }
  int open_at(int folder, const std::string& name, int flags, mode_t mode) override {
    struct stat before{};
    const bool there = real_->stat_at(folder, name, &before) == 0;
    const int fd = real_->open_at(folder, name, flags, mode);
    if (fd < 0) return fd;
    const ino_t inode = inode_at(fd);
    if (!there)
      log_.push_back({.kind = Kind::kAdd, .at = inode_at(folder), .name = name, .inode = inode});
    if (!there || (flags & O_TRUNC) != 0) log_.push_back({.kind = Kind::kTruncate, .at = inode});
    return fd;
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return real_->read(fd, buffer, size);
  }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    const off_t offset = ::lseek(fd, 0, SEEK_CUR);
    const ssize_t count = real_->write(fd, buffer, size);
    if (count > 0) {
      log_.push_back({.kind = Kind::kWrite,
                      .at = inode_at(fd),
                      .name = {static_cast<const char*>(buffer), static_cast<std::size_t>(count)},
                      .offset = static_cast<std::size_t>(offset)});
    }
    return count;
  }
  int fsync(int fd) override {
    const int done = real_->fsync(fd);
    if (done == 0) log_.push_back({.kind = Kind::kSync, .at = inode_at(fd)});
    return done;
  }
  int fstat(int fd, struct stat* out) override { return renumbered(real_->fstat(fd, out), out); }
  int stat_at(int folder, const std::string& name, struct stat* out) override {
    return renumbered(real_->stat_at(folder, name, out), out);
  }
  int access_at(int folder, const std::string& name, int mode) override {
    return real_->access_at(folder, name, mode);
  }
  int fchmod(int fd, mode_t mode) override { return real_->fchmod(fd, mode); }
  int fchown(int fd, uid_t uid, gid_t gid) override { return real_->fchown(fd, uid, gid); }
  ssize_t list_xattr(int fd, char* names, std::size_t size) override {
    return real_->list_xattr(fd, names, size);
  }
  ssize_t get_xattr(int fd, const std::string& name, void* value, std::size_t size) override {
    return real_->get_xattr(fd, name, value, size);
  }
  int set_xattr(int fd, const std::string& name, const void* value, std::size_t size) override {
    return real_->set_xattr(fd, name, value, size);
  }
  int remove_xattr(int fd, const std::string& name) override {
    return real_->remove_xattr(fd, name);
  }
  int link_at(int folder, const std::string& from, const std::string& to) override {
    return logged(real_->link_at(folder, from, to),
                  {.kind = Kind::kLink, .at = inode_at(folder), .name = from, .other = to});
  }
  int rename_at(int folder, const std::string& from, const std::string& to,
                unsigned flags) override {
    const bool exchange = (flags & RENAME_EXCHANGE) != 0;
    if (exchange && !has_exchange) {
      errno = EINVAL;
      return -1;
    }
    return logged(real_->rename_at(folder, from, to, flags),
                  {.kind = exchange ? Kind::kExchange : Kind::kRename,
                   .at = inode_at(folder),
                   .name = from,
                   .other = to});
  }
  int unlink_at(int folder, const std::string& name) override {
    return logged(real_->unlink_at(folder, name),
                  {.kind = Kind::kRemove, .at = inode_at(folder), .name = name});
  }
  int make_folder_at(int folder, const std::string& name, mode_t mode) override {
    return real_->make_folder_at(folder, name, mode);
  }
  int list_folder(int folder, std::vector<std::string>* names) override {
    return real_->list_folder(folder, names);
  }
  int take_lease(int fd) override { return real_->take_lease(fd); }
  int get_lease(int fd) override { return real_->get_lease(fd); }
  int lock_exclusive(int fd) override { return real_->lock_exclusive(fd); }

  bool has_exchange = true;  // RENAME_EXCHANGE is there
  std::size_t size() const { return log_.size(); }

  // What the disk holds if power fails after the first `count` calls of the log. `image`: before
  // the first.
  DiskImage crash_image(DiskImage image, std::size_t count, std::mt19937& random) const {
    std::map<ino_t, std::size_t> synced;  // how many calls of the log are covered
    for (std::size_t i = 0; i < count; ++i) {
      if (log_[i].kind == Kind::kSync) synced[log_[i].at] = i;
    }
    for (std::size_t i = 0; i < count; ++i) {
      Call call = log_[i];
      const auto cover = synced.find(call.at);
      const bool durable = cover != synced.end() && i < cover->second;
      if (!durable && random() % 2 == 0) continue;
      if (!durable && call.kind == Kind::kWrite)
        call.name.resize(random() % (call.name.size() + 1));
      redo(call, image);
    }
    return image;
  }

 private:
  enum class Kind { kAdd, kTruncate, kWrite, kSync, kLink, kRename, kExchange, kRemove };
  struct Call {
    Kind kind;
    ino_t at = 0;      // the folder, or the file of kTruncate, kWrite and kSync
    std::string name;  // or the bytes
    std::string other;
    ino_t inode = 0;
    std::size_t offset = 0;
  };

  // A change of names that presupposes one that was lost is lost too.
  static void redo(const Call& call, DiskImage& image) {
    auto& names = image.folders[call.at];
    const bool there = names.contains(call.name);
    std::string& bytes = image.files[call.at];
    switch (call.kind) {
      case Kind::kAdd:
        names[call.name] = call.inode;
        break;
      case Kind::kTruncate:
        bytes.clear();
        break;
      case Kind::kWrite:
        bytes.resize(std::max(bytes.size(), call.offset + call.name.size()));
        bytes.replace(call.offset, call.name.size(), call.name);
        break;
      case Kind::kLink:
        if (there) names.try_emplace(call.other, names[call.name]);
        break;
      case Kind::kRename:
        if (!there) break;
        names[call.other] = names[call.name];
        names.erase(call.name);
        break;
      case Kind::kExchange:
        if (there && names.contains(call.other)) std::swap(names[call.name], names[call.other]);
        break;
      case Kind::kRemove:
        names.erase(call.name);
        break;
      case Kind::kSync:
        break;
    }
  }

  int logged(int result, Call call) {
    if (result == 0) log_.push_back(std::move(call));
    return result;
  }
  ino_t inode_at(int fd) const {
    struct stat found{};
    return real_->fstat(fd, &found) == 0 ? found.st_ino : 0;
  }
  int renumbered(int result, struct stat* out) const {
    if (result != 0) return result;
    const auto found = inode_of.find(out->st_ino);
    if (found != inode_of.end()) out->st_ino = found->second;
    return result;
  }

  std::vector<Call> log_;
  std::shared_ptr<base::FileSystem> real_ = base::posix_file_system();
};

}  // namespace cromwell::tests
