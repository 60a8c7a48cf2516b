// File URIs (RFC 8089) as paths.
#include <charconv>

#include "clients/lsp/server.h"

namespace cromwell::lsp {

base::Result<std::string> path_of_uri(const std::string& uri) {
  const base::Error invalid{.code = base::ErrorCode::kInvalidRequest,
                            .message = "\"" + uri + "\": expected a URI file:///PATH"};
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) return invalid;
  std::string_view rest = std::string_view(uri).substr(kScheme.size());
  constexpr std::string_view kHere = "localhost/";
  if (rest.starts_with(kHere)) rest.remove_prefix(kHere.size() - 1);
  if (!rest.starts_with('/')) return invalid;
  std::string path;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] != '%') {
      path += rest[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = rest.substr(i + 1, 2);
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, byte, 16);
    if (digits.size() != 2 || parsed.ptr != end || byte == 0) return invalid;
    path += static_cast<char>(byte);
    i += 2;
  }
  return path;
}

}  // namespace cromwell::lsp
