// Regex check: what is wrong with a regular expression of JavaScript that its token does not show:
// flags, groups that do not fit together, quantifiers of nothing. Not all: names of properties and
// code points are taken as they are. Pure, linear.
#pragma once

#include <string_view>

namespace cromwell::workspace {

// `/pattern/flags`; empty if nothing is wrong.
std::string_view regex_fault_in(std::string_view pattern, std::string_view flags);

}  // namespace cromwell::workspace
