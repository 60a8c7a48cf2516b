// Script expressions: what tree-sitter's JavaScript and TypeScript take as an expression or a
// pattern and the languages do not, looking at one node alone. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// What is wrong with this one node of a tree; empty if nothing is.
std::string_view script_expression_fault(TSNode node, std::string_view text);

}  // namespace cromwell::workspace
