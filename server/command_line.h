// cromwelld's command line: its flags, made of the option table, and with them the configuration as
// a whole.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/configuration.h"
#include "server/options.h"

namespace cromwell::server {

struct CommandLine {
  std::optional<Options> options;  // none: print `text` and leave with `exit_status`
  bool check_only = false;         // print `text` once the options are found to be sound
  ConfigSources sources;
  std::string text;
  int exit_status = 0;
};

CommandLine parse_command_line(int argc, const char* const* argv);

// What the flags wrote; a command line may be parsed into it once.
struct FlagValues {
  std::map<const OptionRow*, std::vector<std::string>> texts;
  std::string config_file;
  bool check_config = false;
};

// The parser alone, for those who describe the flags.
std::unique_ptr<CLI::App> make_app(FlagValues& values);

}  // namespace cromwell::server
