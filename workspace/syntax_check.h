// Syntax check: the errors that a text has and the text before it had not. A file may have errors
// that are not the edit's (macros, a dialect, work in progress): only new ones count. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {

struct SyntaxError {
  int line = 1;
  std::string what;  // "unexpected \"}\"", "expected \")\""
};

inline constexpr std::size_t kMaxSyntaxErrors = 1'000;  // of one text; the rest is not looked at

std::vector<SyntaxError> syntax_errors(const SyntaxTree& tree, std::string_view text);

struct SyntaxChange {
  std::string_view old_text, new_text;
  LineRange region;  // of the old text: the lines that were replaced
};

// None if it cannot be told: no grammar, or a text past a limit. Else the errors that are new;
// empty: the edit brought none. An error is new if there are more of them than before within the
// lines that changed, or more than before outside them.
std::optional<std::vector<SyntaxError>> new_syntax_errors(const SyntaxChange& change,
                                                          Grammar grammar,
                                                          const ParseLimits& limits = {});

}  // namespace cromwell::workspace
