// ProgramHelp: what a program's command line takes, as plain data, read out of its parser. The
// completions and manual pages are written from it. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace cromwell::texts {

enum class ValueKind { kNone, kAnything, kFile, kFolder, kChoice };

struct FlagHelp {
  std::vector<std::string> names;  // "--help", "-h"
  std::string value;               // "FILE"; empty: none
  std::string text;
  ValueKind kind = ValueKind::kNone;
  std::vector<std::string> choices;
};

struct CommandHelp {
  std::string name;
  std::string text;
  std::vector<FlagHelp> flags;
  std::vector<std::string> positionals;  // "FILE"
  std::vector<CommandHelp> commands;
};

CommandHelp help_of(const CLI::App& app);

}  // namespace cromwell::texts
