// Python lists: what Python refuses in the order and the names of parameters and arguments, and its
// grammar takes. Each looks at one node; empty where nothing is wrong. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

// `a` of the parameters `a`, `*a`, `**a`, `a: b`, `a=c`; a null node where there is none.
TSNode python_parameter_name(TSNode parameter);

std::string_view python_parameters_fault(TSNode parameters, std::string_view text);
std::string_view python_arguments_fault(TSNode arguments, std::string_view text);

}  // namespace cromwell::workspace
