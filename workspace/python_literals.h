// Python literals: numbers and strings that Python refuses and its grammar takes. Each looks at one
// node; empty where nothing is wrong. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>

namespace cromwell::workspace {

std::string_view python_number_fault(TSNode number, std::string_view text);
std::string_view python_string_fault(TSNode string, std::string_view text);
std::string_view python_strings_fault(TSNode strings, std::string_view text);  // "a" b"c"

}  // namespace cromwell::workspace
