// Gap: a place in a file that is to be filled, with as much of the text on both sides as a budget
// of tokens holds. Pure.
#pragma once

#include <string_view>

#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

struct Gap {
  std::string_view before, after;
};

// Whole lines next to the gap, but for those that the gap itself cuts: three quarters of the budget
// for what comes before, the rest, and what that leaves, for what comes after.
Gap cut_gap(Gap whole, const tokenizer::Tokenizer& tokenizer, int budget_tokens);

// What begins a comment to the end of the line in the language that a fence names; empty if it has
// none, or the language is unknown.
std::string_view line_comment(std::string_view fence);

}  // namespace cromwell::edit
