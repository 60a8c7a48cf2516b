#include "deploy/texts/program_help.h"

#include <algorithm>
#include <sstream>

namespace cromwell::texts {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

ValueKind kind_of(const std::string& value) {
  if (value.empty()) return ValueKind::kNone;
  if (value.find('|') != std::string::npos) return ValueKind::kChoice;
  if (value.starts_with("FILE") || value == "PATH" || value.ends_with(".gguf")) {
    return ValueKind::kFile;
  }
  return value == "DIR" ? ValueKind::kFolder : ValueKind::kAnything;
}

FlagHelp flag_of(const CLI::Option& option) {
  FlagHelp flag{.names = {}, .text = option.get_description()};
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  if (option.get_items_expected_max() > 0) {
    flag.value = option.get_type_name().empty() ? "VALUE" : option.get_type_name();
  }
  // What a value is checked for follows its type: "TEXT:{a,b}", "INT:POSITIVE".
  const std::size_t colon = flag.value.find(':');
  const std::string check = colon == std::string::npos ? "" : flag.value.substr(colon + 1);
  flag.value = flag.value.substr(0, colon);
  if (check.starts_with('{') && check.ends_with('}')) {
    flag.value = check.substr(1, check.size() - 2);
    std::replace(flag.value.begin(), flag.value.end(), ',', '|');
  }
  flag.kind = kind_of(flag.value);
  if (flag.kind == ValueKind::kChoice) flag.choices = split(flag.value, '|');
  return flag;
}

}  // namespace

CommandHelp help_of(const CLI::App& app) {
  CommandHelp command{.name = app.get_name(), .text = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.positionals.push_back(option->get_name(true));
    } else {
      command.flags.push_back(flag_of(*option));
    }
  }
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* child : app.get_subcommands(all)) {
    command.commands.push_back(help_of(*child));
  }
  return command;
}

}  // namespace cromwell::texts
