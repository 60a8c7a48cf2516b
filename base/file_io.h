// Whole reads and writes over the file-system seam: the loops that EINTR and short counts need.
// Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/file_system.h"
#include "base/result.h"

namespace cromwell::base {

// Calls until it does not fail with EINTR.
template <class Call>
auto without_eintr(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// From the descriptor's offset to the end. kPayloadTooLarge past `limit` bytes. `name` is for the
// message.
Result<std::string> read_all(FileSystem& files, int fd, std::size_t limit, const std::string& name);
// `size` bytes, or fewer where the file ends before.
Result<std::string> read_up_to(FileSystem& files, int fd, std::size_t size,
                               const std::string& name);
Result<> write_all(FileSystem& files, int fd, std::string_view bytes, const std::string& name);
// Not retried after any error but EINTR: the kernel may have dropped the pages that failed.
Result<> sync(FileSystem& files, int fd, const std::string& name);

inline constexpr mode_t kPrivateFile = 0600;
inline constexpr mode_t kSharedFile = 0666;  // less the umask

// A file that appears whole or not at all: temp file, fsync, rename, fsync of the folder.
Result<> write_whole(FileSystem& files, int folder, const std::string& name,
                     std::span<const std::string_view> parts, mode_t mode = kPrivateFile);
inline Result<> write_whole(FileSystem& files, int folder, const std::string& name,
                            std::string_view bytes, mode_t mode = kPrivateFile) {
  return write_whole(files, folder, name, {&bytes, 1}, mode);
}

// An open folder that nobody else may enter; what is missing of its path is made.
Result<FileDescriptor> open_private_folder(FileSystem& files, const std::string& path);

}  // namespace cromwell::base
