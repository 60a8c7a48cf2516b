// The command line: every subcommand and its flags. A command's work is in its own file; here they
// are only put together.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

namespace cromwell::cli {

// The process's exit status: 0 done, 1 refused or failed, 2 wrong arguments.
int run(int argc, char** argv);

// The parser alone, for those who describe the commands; *status lives as long as it.
std::unique_ptr<CLI::App> make_app(int* status);

}  // namespace cromwell::cli
