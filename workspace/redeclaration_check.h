// Redeclaration check: a `let`, `const` or `class` of JavaScript or TypeScript whose name the same
// block declares already, which is an error before the first line runs. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// The lines of the second declarations; for other languages none.
std::vector<int> redeclared_lines(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
