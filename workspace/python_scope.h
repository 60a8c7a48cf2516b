// Python scope: what Python refuses of `global` and `nonlocal`: of a parameter, of a name that was
// used before, of one that no function around it has; and `import *` within a function or a class.
// Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// For other languages none.
std::vector<Misplaced> misscoped(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
