// Python lines: expressions that go on in the next line without brackets or a backslash around the
// line's end, which tree-sitter's Python takes. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// For other languages none.
std::vector<Misplaced> broken_lines(const SyntaxTree& tree, std::string_view text);

}  // namespace cromwell::workspace
