#include "base/file_io.h"

#include <algorithm>
#include <cerrno>

namespace cromwell::base {
namespace {

constexpr std::size_t kFirstReadBytes = 16U << 10;  // most files have less, and memory is cleared
constexpr std::size_t kReadBytes = 256U << 10;
constexpr mode_t kPrivateFolder = 0700;

}  // namespace

Result<std::string> read_all(FileSystem& files, int fd, std::size_t limit,
                             const std::string& name) {
  std::string bytes;
  for (std::size_t more = kFirstReadBytes;; more = std::min(2 * more, kReadBytes)) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + more);
    const ssize_t count =
        without_eintr([&] { return files.read(fd, bytes.data() + old_size, more); });
    if (count < 0) return errno_error(name, errno);
    bytes.resize(old_size + static_cast<std::size_t>(count));
    if (bytes.size() > limit) {
      return Error{ErrorCode::kPayloadTooLarge,
                   name + ": larger than the limit of " + std::to_string(limit) + " bytes"};
    }
    if (count == 0) return bytes;
  }
}

Result<std::string> read_up_to(FileSystem& files, int fd, std::size_t size,
                               const std::string& name) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count =
        without_eintr([&] { return files.read(fd, bytes.data() + filled, size - filled); });
    if (count < 0) return errno_error(name, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Result<> write_all(FileSystem& files, int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count =
        without_eintr([&] { return files.write(fd, bytes.data(), bytes.size()); });
    if (count <= 0) return errno_error(name, count < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<> sync(FileSystem& files, int fd, const std::string& name) {
  if (without_eintr([&] { return files.fsync(fd); }) != 0) return errno_error(name, errno);
  return {};
}

Result<> write_whole(FileSystem& files, int folder, const std::string& name,
                     std::span<const std::string_view> parts, mode_t mode) {
  const std::string temp = name + ".tmp";
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  const FileDescriptor fd(without_eintr([&] { return files.open_at(folder, temp, flags, mode); }));
  if (!fd) return errno_error(temp, errno);
  const auto write_and_publish = [&]() -> Result<> {
    for (const std::string_view part : parts) {
      CROMWELL_TRY(write_all(files, fd.get(), part, temp));
    }
    CROMWELL_TRY(sync(files, fd.get(), temp));
    if (without_eintr([&] { return files.rename_at(folder, temp, name, 0); }) != 0) {
      return errno_error(name, errno);
    }
    return {};
  };
  if (auto done = write_and_publish(); !done) {
    files.unlink_at(folder, temp);
    return done;
  }
  return sync(files, folder, name);
}

Result<FileDescriptor> open_private_folder(FileSystem& files, const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (files.make_folder_at(AT_FDCWD, part, kPrivateFolder) != 0 && errno != EEXIST) {
      // Above it there may be folders that can only be passed through.
      if (end == std::string::npos || errno != EACCES) return errno_error(part, errno);
    }
    if (end == std::string::npos) break;
  }
  FileDescriptor folder(
      without_eintr([&] { return files.open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0); }));
  if (!folder) return errno_error("state folder " + path, errno);
  return folder;
}

}  // namespace cromwell::base
