// Head check: what must stand at a file's head and a grammar takes anywhere: Go's package clause
// and imports, Java's package and imports, Python's `from __future__`. Pure, linear.
#pragma once

#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

std::vector<Misplaced> misplaced_heads(const SyntaxTree& tree);

}  // namespace cromwell::workspace
