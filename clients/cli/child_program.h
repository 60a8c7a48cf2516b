// ChildProgram: the user's own pager or editor, run by the shell as git runs them. SIGINT and
// SIGQUIT are the child's while it runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::cli {

inline constexpr int kNoSuchProgram = 127;  // as the shell says it

// `command` is shell text; `arguments` follow it as they are. The exit status, 128 plus the number
// of a signal; kIo where there is no shell. `input` is its standard input; empty: ours.
base::Result<int> run_shell(const std::string& command, const std::vector<std::string>& arguments,
                            std::string_view input = {});

}  // namespace cromwell::cli
