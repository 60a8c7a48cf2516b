// Identifiers: the words of a source text that can be names, whatever its language. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace cromwell::workspace {

bool is_identifier_char(char c);  // a letter, a digit, _, $ or a byte of a character beyond ASCII

// In order, each as often as it occurs; numbers are none.
std::vector<std::string_view> identifiers_of(std::string_view text);

}  // namespace cromwell::workspace
