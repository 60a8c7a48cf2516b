// Go check: what tree-sitter's Go takes and Go does not. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// What is wrong with this one node of a Go tree; empty if nothing is.
std::string_view go_fault(TSNode node, std::string_view text);

}  // namespace cromwell::workspace
