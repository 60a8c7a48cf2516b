// Macro check: what an edit of C or C++ does to macros, which no look at the new text alone can
// tell: it takes the definition of one that is still used, or writes a call outside of functions to
// what is no macro as far as the old text shows. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// The calls at the top of `tree` whose name `old_text` does not know; not those that tell a macro
// of the file's functions, as `EXPORT_SYMBOL(f);` does.
std::vector<Misplaced> strange_calls(const SyntaxTree& tree, std::string_view text,
                                     std::string_view old_text);

// Where `new_text` uses a macro that only `old_text` defines.
std::vector<Misplaced> lost_macros(std::string_view old_text, std::string_view new_text);

}  // namespace cromwell::workspace
