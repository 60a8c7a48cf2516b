// Line blocks: a change of a text as runs of its lines, each with the lines that take its place.
// What protocols that write only what changes are read into, and made from. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::edit {

struct LineBlock {
  int begin = 0, count = 0;  // the old lines, 0-based
  std::vector<std::string> lines;
};

// The text with each block's lines in place of its old ones. `blocks`: ascending, not overlapping.
std::string replace_blocks(const std::vector<std::string_view>& old_lines,
                           const std::vector<LineBlock>& blocks);

// The blocks that lead from the old lines to the new ones. Each old run is at least one line, where
// there are any, and is made longer by lines that do not change until `is_found(block, from)` says
// that it is found where it stands by whoever looks from line `from` on, the end of the block
// before.
using BlockFound = std::function<bool(const LineBlock& block, int from)>;
base::Result<std::vector<LineBlock>> find_blocks(std::string_view old_text,
                                                 std::string_view new_text,
                                                 const BlockFound& is_found);

}  // namespace cromwell::edit
