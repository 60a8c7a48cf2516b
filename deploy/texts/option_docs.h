// The daemon's option table for people: as the tables of docs/configuration.md and as an annotated
// example of the configuration file. Pure.
#pragma once

#include <string>

namespace cromwell::texts {

std::string option_tables();
std::string example_config();

}  // namespace cromwell::texts
