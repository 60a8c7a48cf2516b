// Keyword check: keywords of C, C++ and Rust in the place of names, which tree-sitter takes where
// nothing but a name could stand. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// For other languages none: what looks at their nodes looks at these too.
std::vector<Misplaced> misplaced_keywords(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
