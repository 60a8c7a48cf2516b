// CheckCommand: a program of the user's configuration that says whether an edited file is sound:
// "python=ruff check {file}". Never from a request. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::workspace {

struct CheckCommand {
  std::string language;                // as Language::fence: "python"
  std::string name;                    // the program's
  std::vector<std::string> arguments;  // the program first; "{file}" stands for the file's path
};

// LANGUAGE=PROGRAM ARGUMENT…, divided by blanks; "…" and '…' hold one argument together. No shell
// reads it. kInvalidRequest, also where no {file} is there.
base::Result<CheckCommand> parse_check(const std::string& text);

// The arguments with the file's path in place.
std::vector<std::string> arguments_for(const CheckCommand& command, const std::string& file);

}  // namespace cromwell::workspace
