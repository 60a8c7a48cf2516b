#include "workspace/identifiers.h"

#include <algorithm>

namespace cromwell::workspace {

bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string_view> identifiers_of(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < text.size();) {
    const auto* begin = text.begin() + static_cast<std::ptrdiff_t>(i);
    const auto* end = std::find_if_not(begin, text.end(), is_identifier_char);
    const auto size = static_cast<std::size_t>(end - begin);
    if (size > 0 && (*begin < '0' || *begin > '9')) found.push_back(text.substr(i, size));
    i += std::max<std::size_t>(size, 1);
  }
  return found;
}

}  // namespace cromwell::workspace
