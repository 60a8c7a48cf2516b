// Search match: where the lines of a search block stand in a region, and what takes their place.
// First as they are, then but for trailing blanks, then but for an indentation that all of them
// have too much or too little, which is mended in the replacement. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "edit/line_blocks.h"
#include "edit/search_blocks.h"

namespace cromwell::edit {

// The lines that may change, and the number of the first one in its file, for messages.
struct SearchedLines {
  std::vector<std::string_view> lines;
  int first_line = 1;
};

// The blocks as they are to be put in, in the order of their lines. kNoValidEdit names the block
// and the lines: it stands nowhere or in several places, two change the same line, or a search text
// is empty where there are lines.
base::Result<std::vector<LineBlock>> locate_blocks(const std::vector<SearchBlock>& blocks,
                                                   const SearchedLines& region);

// How often `search` stands in `lines` as it is.
int count_exact(const std::vector<std::string_view>& lines,
                const std::vector<std::string_view>& search);

}  // namespace cromwell::edit
