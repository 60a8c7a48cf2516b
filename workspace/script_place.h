// Script place: what JavaScript and TypeScript refuse by where it stands (ECMAScript's early
// errors): names that strict code reserves, `with` and octal numbers in it, `await`, `yield`,
// `super`, `return`, `break` and `continue` with nothing that they could mean, labels and private
// names that nobody declared, `import` and `export` within a block. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// For other languages none.
std::vector<Misplaced> misplaced_in_script(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
