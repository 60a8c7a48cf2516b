// An option's value as TOML writes it. Pure.
#pragma once

#include <string>

#include "server/option_table.h"

namespace cromwell::server {

// "\"127.0.0.1:8411\"", "16", "[\"a\", \"b\"]"
std::string toml_text(const OptionRow& row, const Options& options);

}  // namespace cromwell::server
