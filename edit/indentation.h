// Indentation: an answer whose lines begin with spaces where the region's begin with tabs, or the
// other way round, in the region's own. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::edit {

// The answer as it is, unless all indented lines of the old text use one of the two, all of the
// answer use the other, its depths are multiples of one width, and with the old kind in their place
// more lines are old ones than before. Of several widths the one with the most old lines.
std::string with_indent_of(std::string_view old_text, std::string_view answer);

}  // namespace cromwell::edit
