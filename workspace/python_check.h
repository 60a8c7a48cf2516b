// Python check: what tree-sitter's Python takes and Python does not. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// What is wrong with this one node of a Python tree; empty if nothing is.
std::string_view python_fault(TSNode node, std::string_view text);

}  // namespace cromwell::workspace
