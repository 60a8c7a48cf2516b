// MappedFile: a regular file mapped read-only for as long as the object lives. If the file is
// truncated under the mapping (or the disk fails), the SIGBUS that the next access raises is caught
// and zeros are read instead; `intact()` then says so. The bytes may therefore change at any time:
// readers check what they read, when they read it. Not here: what the bytes mean.
// Any thread may read; open and destroy it on any one thread.
#pragma once

#include <cstddef>
#include <ctime>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace cromwell::base {

class MappedFile {
 public:
  static constexpr int kMaxMappings = 64;  // at once in this process

  // kIo with errno's text, or kBadModel if `path` is not a regular file or is empty.
  static Result<std::unique_ptr<MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

  // False once an access has faulted, or the file is no longer what was opened (its size or its
  // modification time differ). Costs one fstat.
  bool intact() const;

 private:
  MappedFile() = default;

  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  int fd_ = -1;
  int guard_slot_ = -1;
  timespec modified_{};
};

}  // namespace cromwell::base
