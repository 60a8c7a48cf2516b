// Prose: lines with which an assistant talks about code instead of writing it. Pure.
#pragma once

#include <string_view>

namespace cromwell::edit {

// The line begins with words that assistants begin with: "Here is the code", "This version ...".
bool opens_prose(std::string_view line);

// The text explains what is to come: its first line with text opens prose or is a sentence of
// plain words. Docstrings hold such lines too, so it says something only of a text that has failed
// to be code.
bool is_explanation(std::string_view text);

// The text says that what comes is a part to be put somewhere, not all of the code.
bool announces_part(std::string_view text);

}  // namespace cromwell::edit
