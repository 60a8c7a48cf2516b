// Owning file descriptors and what errno means. Not a file system: see base/file_system.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace cromwell::base {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// "WHAT: No such file or directory"; kNotFound for ENOENT and ENOTDIR, kForbidden where permission
// is missing, kInvalidRequest for a name that is too long, else kIo.
Error errno_error(const std::string& what, int error_number);

// The text of an error number, without strerror's shared buffer.
std::string errno_text(int error_number);

}  // namespace cromwell::base
