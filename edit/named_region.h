// Named region: the lines of the one symbol that an instruction names ("Add a docstring to
// parse_config"), for a request without a selection. A small region is what lets a small model
// succeed; where the name is not certain there is none. Pure.
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

}  // namespace cromwell::edit
