// Search blocks: the text form in which a model says what to look for and what to put in its place.
// Reads the blocks out of an answer, prose and fences around them included, and writes them. Not
// here: where a block's search text stands (edit/search_match). Pure.
//
//   <<<<<<< SEARCH
//   lines as they are
//   =======
//   lines as they are to be
//   >>>>>>> REPLACE
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::edit {

struct SearchBlock {
  std::vector<std::string_view> search, replace;
};

// Seven, or more where a line of the text itself reads as a marker of seven.
int marker_length_for(std::string_view text);

std::string search_marker(int length);  // "<<<<<<< SEARCH"
std::string divider(int length);        // "======="
std::string replace_marker(int length);

// The blocks of a whole answer, with views of its text; one that says the same as one before it is
// left out. kNoValidEdit with the block's number if there is none, or one is not whole.
base::Result<std::vector<SearchBlock>> read_search_blocks(std::string_view answer,
                                                          int marker_length);

}  // namespace cromwell::edit
