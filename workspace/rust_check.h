// Rust check: what tree-sitter's Rust takes and Rust does not. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// What is wrong with this one node of a Rust tree; empty if nothing is.
std::string_view rust_fault(TSNode node, std::string_view text);

}  // namespace cromwell::workspace
