// Redeclaration check: in C and C++ a data member of a name that its class has, and a class of its
// own name within it. Scripts have more to say of names: script_names. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// The lines of the second declarations; for other languages none.
std::vector<int> redeclared_lines(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
