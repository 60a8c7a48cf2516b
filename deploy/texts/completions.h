// What bash, zsh and fish need to complete a program's command line. Pure.
#pragma once

#include <string>

#include "deploy/texts/program_help.h"

namespace cromwell::texts {

std::string bash_completion(const CommandHelp& program);
std::string zsh_completion(const CommandHelp& program);
std::string fish_completion(const CommandHelp& program);

}  // namespace cromwell::texts
