// Configuration: flags over the environment over one file over the defaults. The file can be read
// again while the daemon runs; flags and environment stay what they were at start. Not here: how
// each source is spelled (server/command_line, server/config_file).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config_file.h"
#include "server/options.h"

namespace cromwell::server {

struct ConfigSources {
  Settings flags;
  Settings environment;
  std::string config_file;  // empty: none
  std::string home;
};

// The settings of CROMWELL_* variables; a list's values are separated by commas.
Settings read_environment();

// The file that counts where none is named: the user's, else the system's; empty if neither is
// there.
std::string find_config_file();

base::Result<std::string> read_config_file(const std::string& path);

// `config_text`: what the file holds. The error begins with the setting that is wrong and where it
// stands.
base::Result<Options> make_options(const ConfigSources& sources, std::string_view config_text);

// Every option with its value and where that comes from, as a configuration file.
std::string describe(const Options& options, const ConfigSources& sources,
                     std::string_view config_text);

// What differs between the two, by option.
std::vector<const OptionRow*> changed_options(const Options& before, const Options& after);

}  // namespace cromwell::server
