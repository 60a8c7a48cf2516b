// Directive check: conditionals of C's preprocessor that do not fit together, which a grammar that
// takes them for statements does not see where the code between them is odd, too. Pure, linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/placement_check.h"

namespace cromwell::workspace {

// Of a C or C++ text: `#endif`, `#else` and `#elif` without their `#if`, and `#if` without its end.
std::vector<Misplaced> misplaced_directives(std::string_view text);

}  // namespace cromwell::workspace
