// Prints what a GGUF holds: its metadata and its tensors. A damaged or hostile file gives an error
// with the key's or tensor's name.
#pragma once

#include <string>

#include "base/result.h"

namespace cromwell::cli {

base::Result<> inspect_model(const std::string& path);

}  // namespace cromwell::cli
