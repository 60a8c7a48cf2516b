// cromwell tokenizer encode | decode: text on standard input to ids on standard output, and back.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>

#include "clients/cli/commands.h"

namespace cromwell::cli {

void add_tokenizer_command(CLI::App&, int*) {}

}  // namespace cromwell::cli
