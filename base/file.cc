#include "base/file.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cromwell::base {

void FileDescriptor::reset(int fd) {
  // Linux frees the number even where close() reports an error; what matters was fsynced before.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

std::string errno_text(int error_number) { return std::generic_category().message(error_number); }

Error errno_error(const std::string& what, int error_number) {
  ErrorCode code = ErrorCode::kIo;
  if (error_number == ENOENT || error_number == ENOTDIR) code = ErrorCode::kNotFound;
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    code = ErrorCode::kForbidden;
  }
  if (error_number == ENAMETOOLONG) code = ErrorCode::kInvalidRequest;
  return {code, what + ": " + errno_text(error_number)};
}

}  // namespace cromwell::base
