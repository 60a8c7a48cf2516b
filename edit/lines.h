// Lines: small helpers on text whose lines end in \n. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cromwell::edit {

// The lines without their \n; "a\n" and "a" are one line, "" is none.
std::vector<std::string_view> split_lines(std::string_view text);
// \n for \r\n.
std::string with_lf(std::string_view text);
// Each line with a \n after it.
std::string join_lines(const std::vector<std::string_view>& lines);

bool is_blank(std::string_view line);                // empty or only spaces and tabs
std::string_view trim_right(std::string_view line);  // without trailing spaces and tabs
std::string_view trim(std::string_view line);
std::string_view indent_of(std::string_view line);  // its leading spaces and tabs
// The longest whitespace that every line with text on it begins with.
std::string_view common_indent(const std::vector<std::string_view>& lines);

// The trimmed lines of `lines` that `others` does not have, blank ones aside.
std::vector<std::string_view> missing_from(const std::vector<std::string_view>& others,
                                           const std::vector<std::string_view>& lines);

std::string to_lower(std::string_view text);  // ASCII only

}  // namespace cromwell::edit
