// Script block: objects where JavaScript reads a block, since a statement and an arrow's body never
// begin with an object. Tree-sitter takes `{a: 1, b: 2}` there. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// Why no block is written like the object; empty for what could be one: `{}`, `{a}`, `{a: b, c}`.
std::string_view block_fault(TSNode object);

}  // namespace cromwell::workspace
