// Loose statements: `if`, `return` and the like outside of all functions of C and C++, told by
// lines and brackets alone: tree-sitter is lost behind much that macros and conditionals do, and
// placement_check sees nothing there. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"

namespace cromwell::workspace {

std::vector<Misplaced> loose_statements(std::string_view text, Grammar grammar);

}  // namespace cromwell::workspace
