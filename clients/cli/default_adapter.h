// The default model's adapter, trained for edits (deploy/model/README.md): a GGUF's bytes, part of
// the program.
#pragma once

#include <string_view>

namespace cromwell::cli {

std::string_view default_adapter();

}  // namespace cromwell::cli
