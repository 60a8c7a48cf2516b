#include "server/json_text.h"

#include <cstdio>

#include "base/utf8.h"
#include "server/ascii.h"

namespace cromwell::server {

std::string json_quoted(std::string_view text) {
  const bool sound = base::is_utf8(text);
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
      out += escape;
    } else if (!sound && static_cast<unsigned char>(c) > 0x7F) {
      out += '?';
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out += '"';
}

}  // namespace cromwell::server
