// The command line: every subcommand and its flags. A command's work is in its own file; here they
// are only put together.
#pragma once

namespace cromwell::cli {

// The process's exit status: 0 done, 1 refused or failed, 2 wrong arguments.
int run(int argc, char** argv);

}  // namespace cromwell::cli
