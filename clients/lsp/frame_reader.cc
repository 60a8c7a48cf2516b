#include "clients/lsp/frame_reader.h"

#include <algorithm>
#include <charconv>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

Error bad_header(const std::string& what) {
  return {.code = ErrorCode::kInvalidRequest, .message = "message header: " + what};
}

bool is_token(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kMarks.find(c) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool is_utf8_type(const std::string& value) {
  const std::size_t at = value.find("charset=");
  if (at == std::string::npos) return true;
  const std::string charset = value.substr(at + 8);
  return charset == "utf-8" || charset == "utf8" || charset == "\"utf-8\"";
}

}  // namespace

Result<std::size_t> FrameReader::content_length(std::string_view header) const {
  std::optional<std::size_t> length;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find("\r\n"), header.size());
    const std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() ||
        !std::all_of(name.begin(), name.end(), is_token)) {
      return bad_header("expected NAME: VALUE on each line");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; })) {
      return bad_header("a control character in a value");
    }
    if (lower(name) == "content-type" && !is_utf8_type(lower(value))) {
      return bad_header("expected the charset utf-8");
    }
    if (lower(name) != "content-length") continue;
    std::size_t number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (length || value.empty() || parsed.ptr != value.data() + value.size()) {
      return bad_header("expected exactly one decimal Content-Length");
    }
    const bool too_large = parsed.ec == std::errc::result_out_of_range;
    if (too_large || number > limits_.max_content_bytes) {
      return Error{.code = ErrorCode::kPayloadTooLarge,
                   .message = "message of " + std::string(value) + " bytes: expected at most " +
                              std::to_string(limits_.max_content_bytes)};
    }
    length = number;
  }
  if (!length) return bad_header("expected a Content-Length");
  return *length;
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::size_t end = buffer_.find(kHeaderEnd);
  if (std::min(end, buffer_.size()) > limits_.max_header_bytes) {
    return bad_header("longer than " + std::to_string(limits_.max_header_bytes) + " bytes");
  }
  if (end == std::string::npos) return std::optional<std::string>();
  CROMWELL_ASSIGN(const std::size_t length,
                  content_length(std::string_view(buffer_).substr(0, end)));
  const std::size_t begin = end + kHeaderEnd.size();
  if (buffer_.size() - begin < length) return std::optional<std::string>();
  std::optional<std::string> content = buffer_.substr(begin, length);
  buffer_.erase(0, begin + length);
  return content;
}

std::string frame(std::string_view content) {
  return "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + std::string(content);
}

}  // namespace cromwell::lsp
