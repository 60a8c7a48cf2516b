// FrameReader: the bytes of a peer as messages: header fields, an empty line, as many bytes as
// Content-Length says. As strict as our HTTP: exactly one decimal Content-Length, lines end with
// \r\n, nothing folded, all within limits. After an error the stream cannot be read on. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::lsp {

struct FrameLimits {
  std::size_t max_header_bytes = 4096;
  std::size_t max_content_bytes = std::size_t{32} << 20;
};

class FrameReader {
 public:
  explicit FrameReader(FrameLimits limits = {}) : limits_(limits) {}

  void push(std::string_view bytes) { buffer_ += bytes; }
  // The content of the next message; none until more bytes come. kInvalidRequest,
  // kPayloadTooLarge: for good.
  base::Result<std::optional<std::string>> next();

 private:
  base::Result<std::size_t> content_length(std::string_view header) const;

  const FrameLimits limits_;
  std::string buffer_;
};

// A message as it is sent.
std::string frame(std::string_view content);

}  // namespace cromwell::lsp
