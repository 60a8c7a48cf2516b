#include "server/request_target.h"

#include <cstddef>

#include "base/utf8.h"
#include "server/ascii.h"

namespace cromwell::server {
namespace {

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::optional<RequestTarget> parse_target(std::string_view target) {
  RequestTarget parsed;
  const auto query = target.find('?');
  if (query != std::string_view::npos) parsed.query = target.substr(query + 1);
  const auto path = target.substr(0, query);
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      if (i + 2 >= path.size()) return std::nullopt;
      const int high = hex_value(path[i + 1]);
      const int low = hex_value(path[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (is_control(c)) return std::nullopt;
    parsed.path += c;
  }
  if (!base::is_utf8(parsed.path)) return std::nullopt;
  return parsed;
}

}  // namespace cromwell::server
