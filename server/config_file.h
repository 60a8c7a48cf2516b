// The configuration file (TOML) as settings: texts by option, each with the place it stands at.
// Types are checked here, ranges and choices where the texts are read (server/option_table). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/option_table.h"

namespace cromwell::server {

// What one source says of one option.
struct Setting {
  const OptionRow* option = nullptr;
  std::vector<std::string> texts;
  std::string origin;  // "--threads", "CROMWELL_THREADS", "/etc/cromwell/cromwell.toml:3: threads"
};
using Settings = std::vector<Setting>;

inline constexpr std::size_t kMaxConfigBytes = 1U << 20;

// `path` names the file in errors, and is what relative paths in it are relative to; `home`: what
// ~/ stands for. An error begins with PATH:LINE and says what was expected there.
base::Result<Settings> parse_config(std::string_view text, const std::string& path,
                                    const std::string& home);

}  // namespace cromwell::server
