// Language: what a file's name says about its content: the word after a fence, and whether it is
// prose, in which much of what would be wrong in code is right. Pure.
#pragma once

#include <string_view>

namespace cromwell::edit {

struct Language {
  std::string_view fence;  // "python"; empty if unknown
  bool prose = false;      // Markdown, plain text
};

Language language_of(std::string_view file);

}  // namespace cromwell::edit
