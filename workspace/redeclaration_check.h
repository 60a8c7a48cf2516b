// Redeclaration check: a `let`, `const` or `class` of JavaScript or TypeScript whose name the same
// block declares already, which is an error before the first line runs; in C and C++ a data member
// of a name that its class has, and a class of its own name within it. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// The lines of the second declarations; for other languages none.
std::vector<int> redeclared_lines(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
