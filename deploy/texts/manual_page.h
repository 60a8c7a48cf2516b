// A program's manual page (man(7)) from what its command line takes. Pure.
#pragma once

#include <string>

#include "deploy/texts/program_help.h"

namespace cromwell::texts {

struct ManualPage {
  int section = 1;
  std::string summary;   // "NAME - SUMMARY"
  std::string sections;  // further ones, as roff; may be empty
  std::string see_also;
};

std::string manual_page(const CommandHelp& program, const ManualPage& page);

}  // namespace cromwell::texts
