// Script names: what JavaScript and TypeScript refuse in declarations: a `let`, `const`, `class` or
// import of a name that its block has, be it from a parameter, a catch or a `var` that passes
// through; a name that is exported twice or that nobody declared. Pure, linear but for `var`, which
// is looked for in each block around it.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// For other languages none.
std::vector<Misplaced> misnamed_in_script(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
