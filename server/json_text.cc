#include "server/json_text.h"

#include <algorithm>

#include "base/utf8.h"
#include "server/quoted_text.h"

namespace cromwell::server {

std::string json_quoted(std::string_view text) {
  if (base::is_utf8(text)) return quoted(text);
  std::string ascii(text);
  std::replace_if(
      ascii.begin(), ascii.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }, '?');
  return quoted(ascii);
}

}  // namespace cromwell::server
