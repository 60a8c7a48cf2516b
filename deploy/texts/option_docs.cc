#include "deploy/texts/option_docs.h"

#include <sstream>
#include <string_view>

#include "server/option_table.h"
#include "server/option_values.h"
#include "server/toml_text.h"

namespace cromwell::texts {
namespace {

using server::OptionRow;

constexpr std::size_t kWidth = 96;

std::string choices_of(const OptionRow& row) {
  std::string text;
  for (const std::string_view choice : row.choices) {
    text.append(text.empty() ? "" : ", ").append("`").append(choice).append("`");
  }
  return text.empty() ? text : ": " + text;
}

std::string default_of(const OptionRow& row) {
  const std::string text = server::toml_text(row, {});
  if (text == "\"\"" || text == "[]") return {};
  return std::string("`").append(text).append("`");
}

// Lines of at most kWidth characters that begin with "# ".
std::string comment(const std::string& text) {
  std::string out;
  std::string line(1, '#');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line.assign(1, '#');
    }
    line += " " + word;
  }
  return out + line + "\n";
}

}  // namespace

std::string option_tables() {
  std::string out;
  std::string_view group;
  for (const OptionRow& row : server::option_table()) {
    if (row.group != group) {
      group = row.group;
      out += (out.empty() ? "## " : "\n## ") + std::string(group) +
             "\n\n| flag | key | default | at SIGHUP | |\n|---|---|---|---|---|\n";
    }
    std::string flag = server::flag_name(row);
    if (!row.value.empty()) flag.append(" ").append(row.value);
    out += "| `" + flag + "` | `" + server::key_name(row) + "` | " + default_of(row) + " | " +
           (row.reloads ? "read again" : "") + " | " + std::string(row.help) + choices_of(row) +
           " |\n";
  }
  return out;
}

std::string example_config() {
  std::string out = comment(
      "Configuration of cromwelld, in TOML. The one file that counts is the one that --config "
      "names, else ~/.config/cromwell/config.toml, else /etc/cromwell/cromwell.toml. Each key is "
      "also a flag and a variable CROMWELL_*, which win over the file. Every line below shows a "
      "default; `cromwelld --check-config` says what is in force and why.");
  std::string_view group;
  for (const OptionRow& row : server::option_table()) {
    if (row.group != group) {
      group = row.group;
      out += "\n# --- " + std::string(group) + "\n";
    }
    out.append("\n").append(comment(std::string(row.help) + choices_of(row) + "."));
    out.append("#").append(server::key_name(row)).append(" = ");
    out.append(server::toml_text(row, {})).append("\n");
  }
  return out;
}

}  // namespace cromwell::texts
