// Gap: a place in a file that is to be filled, with as much of the text on both sides as a budget
// of tokens holds. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

// A text with more bytes than this for each token that it may have is too long, unread.
inline constexpr std::size_t kTokenBytes = 16;

struct Gap {
  std::string_view before, after;
};

// Whole lines next to the gap, but for those that the gap itself cuts or that are longer than the
// budget: a quarter of it at most for what comes after, the rest for what comes before.
Gap cut_gap(Gap whole, const tokenizer::Tokenizer& tokenizer, int budget_tokens);

// The end or the beginning of a text, cut between characters.
std::string_view last_part(std::string_view text, std::size_t bytes);
std::string_view first_part(std::string_view text, std::size_t bytes);

// What begins a comment to the end of the line in the language that a fence names; empty if it has
// none, or the language is unknown.
std::string_view line_comment(std::string_view fence);

}  // namespace cromwell::edit
