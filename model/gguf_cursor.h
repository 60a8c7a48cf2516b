// GgufCursor: reads a GGUF file's header front to back and never past its end. Every failure is an
// Error that says at which byte of which file. Used by GgufFile only.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::model {

class GgufCursor {
 public:
  GgufCursor(std::string_view bytes, std::string_view path) : bytes_(bytes), path_(path) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return bytes_.size() - position_; }
  std::string_view since(std::uint64_t begin) const {
    return bytes_.substr(begin, position_ - begin);
  }

  template <class T>
  base::Result<T> number(std::string_view what) {
    if (remaining() < sizeof(T)) return ends_in(what);
    T value;
    std::memcpy(&value, bytes_.data() + position_, sizeof value);
    position_ += sizeof value;
    return value;
  }

  // `n` bytes, compared with what remains before anything else is done with it.
  base::Result<std::string_view> take(std::uint64_t n, std::string_view what) {
    if (n > remaining()) return ends_in(what);
    const std::string_view taken = bytes_.substr(position_, n);
    position_ += n;
    return taken;
  }

  base::Result<std::string_view> string(std::string_view what) {
    CROMWELL_ASSIGN(const auto length, number<std::uint64_t>(what));
    return take(length, what);
  }

  base::Error error(std::string_view what) const {
    return {
        base::ErrorCode::kBadModel,
        std::string(path_) + ": " + std::string(what) + " (byte " + std::to_string(position_) + ")",
        std::string(path_)};
  }

 private:
  base::Error ends_in(std::string_view what) const {
    return error("the file ends inside " + std::string(what));
  }

  std::string_view bytes_;
  std::string_view path_;
  std::uint64_t position_ = 0;
};

}  // namespace cromwell::model
