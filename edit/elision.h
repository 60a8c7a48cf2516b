// Elision: lines with which a model says that it leaves code out ("# ... rest unchanged"), in the
// comment styles of all languages. They are no code: either it is certain what they stand for, or
// the answer is none. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cromwell::edit {

// `python`: there "..." alone is a statement.
bool leaves_code_out(std::string_view line, bool python);

// The answer with the old lines in place of those that leave them out, where that is unambiguous:
// the line before such a line and the line after it (blank ones aside) stand in the old text
// exactly once, in this order; or the answer begins or ends with it. Else the answer as it is,
// which answer_check then refuses. Texts of lines ended by \n.
std::string fill_elisions(std::string_view old_text, std::string_view answer, bool python);

}  // namespace cromwell::edit
