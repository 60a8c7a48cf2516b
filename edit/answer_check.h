// Answer check: what decides, without a model, that a rewritten region is not an edit anybody
// wants: prose, fences or markers in code, most of it deleted, parts left out with a comment,
// characters that hide what a line says, a syntax error that was not there before. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "workspace/check_runner.h"
#include "workspace/syntax_check.h"
#include "workspace/text_file.h"

namespace cromwell::edit {

struct CheckedAnswer {
  std::string_view old_text;  // the region as it is
  std::string_view new_text;  // the region as the model wants it
  std::string_view instruction;
  std::string_view file;
};

// kNoValidEdit with the reason.
base::Result<> check_answer(const CheckedAnswer& answer);

struct SyntaxVerdict {
  std::optional<bool> parses;    // none: it cannot be told, for want of a grammar or past a limit
  workspace::SyntaxError error;  // where it does not parse: the first that is new
};

// Whether the new file brings an error that the old one had not.
SyntaxVerdict check_syntax(const workspace::TextFile& old_file, const workspace::TextFile& new_file,
                           workspace::LineRange region, std::string_view file);
base::Error syntax_refusal(const workspace::SyntaxError& error);

// Whether the user has checks for such a file.
bool has_check(const workspace::CheckRunner* runner, const std::string& resolved,
               const workspace::TextFile& file);

// What the user's own checks say of the new file, whose path beneath the root is `resolved`; empty
// without a runner. kNoValidEdit with its output if one fails.
base::Result<std::vector<workspace::CheckResult>> run_checks(workspace::CheckRunner* runner,
                                                             const std::string& resolved,
                                                             const workspace::TextFile& new_file);

// The instruction is about spaces, blank lines or formatting: whitespace is not noise then.
bool is_about_whitespace(std::string_view instruction);

}  // namespace cromwell::edit
