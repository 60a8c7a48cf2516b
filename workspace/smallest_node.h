// Smallest node: what of a file's syntax a place or some lines stand in. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "workspace/text_file.h"

namespace cromwell::workspace {

// The lines of the smallest node that holds all of `lines` and has its first and its last line for
// itself. `name`: the file's, for its language. None without a grammar, past a limit of the parser,
// and where `lines` are blank or not the file's.
std::optional<LineRange> smallest_node(const TextFile& file, std::string_view name,
                                       LineRange lines);

}  // namespace cromwell::workspace
