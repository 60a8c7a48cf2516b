#include "server/toml_text.h"

#include "server/option_values.h"
#include "server/quoted_text.h"

namespace cromwell::server {
std::string toml_text(const OptionRow& row, const Options& options) {
  const std::vector<std::string> texts = shown(row, options);
  if (is_count(row) || is_switch(row)) return texts.front();
  if (!is_list(row)) return quoted(texts.front());
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quoted(text);
  return "[" + list + "]";
}

}  // namespace cromwell::server
