// Pager: a diff shown to a person, through $PAGER where standard output is a terminal.
#pragma once

#include <string>

namespace cromwell::cli {

// The patch on standard output: in colours where wanted, through $PAGER (default: less, which is
// gone at once where all fits the screen) where that is a terminal and `may_page`.
void page_diff(const std::string& patch, bool may_page);

}  // namespace cromwell::cli
