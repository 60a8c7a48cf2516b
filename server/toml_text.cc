#include "server/toml_text.h"

#include <cstdio>

#include "server/ascii.h"
#include "server/option_values.h"

namespace cromwell::server {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
      out += escape;
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

}  // namespace

std::string toml_text(const OptionRow& row, const Options& options) {
  const std::vector<std::string> texts = shown(row, options);
  if (is_count(row) || is_switch(row)) return texts.front();
  if (!is_list(row)) return quoted(texts.front());
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quoted(text);
  return "[" + list + "]";
}

}  // namespace cromwell::server
