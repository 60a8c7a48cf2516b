#include "workspace/check_command.h"

#include <algorithm>

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kFile = "{file}";

Error invalid(const std::string& text, const std::string& expected) {
  return {ErrorCode::kInvalidRequest, "check '" + text + "': expected " + expected};
}

Result<std::vector<std::string>> split(const std::string& text, const std::string& command) {
  std::vector<std::string> parts;
  bool in_part = false;
  char quote = 0;
  for (const char c : command) {
    if (quote != 0 ? c == quote : c == '"' || c == '\'') {
      quote = quote != 0 ? '\0' : c;
      if (quote == 0) continue;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      in_part = false;
      continue;
    }
    if (!in_part) parts.emplace_back();
    in_part = true;
    if (c != quote) parts.back() += c;
  }
  if (quote != 0) return invalid(text, std::string("another ") + quote);
  return parts;
}

}  // namespace

Result<CheckCommand> parse_check(const std::string& text) {
  const std::size_t equals = text.find('=');
  const bool named = equals != std::string::npos && equals > 0 &&
                     text.find_first_of(" \t") > equals && text.find('\0') == std::string::npos;
  if (!named)
    return invalid(text, "LANGUAGE=PROGRAM ARGUMENTS, such as 'python=ruff check {file}'");
  CheckCommand command{.language = text.substr(0, equals), .name = {}, .arguments = {}};
  CROMWELL_ASSIGN(command.arguments, split(text, text.substr(equals + 1)));
  const bool has_file =
      std::any_of(command.arguments.begin(), command.arguments.end(),
                  [](const auto& part) { return part.find(kFile) != std::string::npos; });
  if (!has_file) return invalid(text, "{file} where the file's path belongs");
  const std::string& program = command.arguments.front();
  if (program.find(kFile) != std::string::npos) return invalid(text, "a program before {file}");
  command.name = program.substr(program.rfind('/') + 1);
  return command;
}

std::vector<std::string> arguments_for(const CheckCommand& command, const std::string& file) {
  std::vector<std::string> arguments = command.arguments;
  for (std::string& argument : arguments) {
    for (std::size_t at = 0; (at = argument.find(kFile, at)) != std::string::npos;
         at += file.size()) {
      argument.replace(at, kFile.size(), file);
    }
  }
  return arguments;
}

}  // namespace cromwell::workspace
