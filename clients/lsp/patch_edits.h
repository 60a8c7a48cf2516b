// PatchEdits: a unified diff as the replacements of whole lines that an editor is asked to make.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::lsp {

struct LineEdit {
  int first_line = 0;  // 0-based
  int end_line = 0;    // one past the last that goes
  std::string new_text;
};

// A run of changed lines each, in ascending order, without the context around them.
// kInvalidRequest for text that is no such patch.
base::Result<std::vector<LineEdit>> patch_edits(std::string_view patch);

}  // namespace cromwell::lsp
