// Named region: the lines that a request without a selection means: those of the one symbol that
// the instruction names ("Add a docstring to parse_config"), or of what a cursor stands in. A small
// region is what lets a small model succeed; where it is not certain there is none. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "workspace/text_file.h"

namespace cromwell::edit {

// `name`: the file's, for its language. None if the instruction names no symbol of the file, one
// that is defined twice, or several of which none holds the other.
std::optional<workspace::LineRange> named_region(const workspace::TextFile& file,
                                                 std::string_view name,
                                                 std::string_view instruction);

// The innermost symbol around a line; outside of all symbols, the smallest node of the syntax that
// has its lines for itself. None where neither is known, as on a blank line.
std::optional<workspace::LineRange> region_around(const workspace::TextFile& file,
                                                  std::string_view name, int line);

}  // namespace cromwell::edit
