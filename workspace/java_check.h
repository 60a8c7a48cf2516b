// Java check: what tree-sitter's Java takes and Java does not. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// What is wrong with this one node of a Java tree; empty if nothing is.
std::string_view java_fault(TSNode node, std::string_view text);

}  // namespace cromwell::workspace
