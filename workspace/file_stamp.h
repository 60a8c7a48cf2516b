// FileStamp: what tells, without reading a file, that it is still the one that was read. The time
// of its last change of any kind is part of it: a program may set the time of modification back,
// not that one. A value.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>

namespace cromwell::workspace {

struct FileStamp {
  std::size_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

inline FileStamp stamp_of(const struct stat& file) {
  const auto ns_of = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {static_cast<std::size_t>(file.st_size), ns_of(file.st_mtim), ns_of(file.st_ctim)};
}

}  // namespace cromwell::workspace
