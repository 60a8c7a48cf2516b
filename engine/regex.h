// Reads a regular expression as a Pattern. A subset of the usual syntax: characters, `.`, classes
// `[a-z]` and `[^a-z]`, \d \w \s and their opposites, \xHH, \uHHHH, groups, `|`, `* + ? {m} {m,}
// {m,n}` (also lazy, which is the same language), `^` and `$` at the ends. It matches the whole
// text. `.`, and classes by their complement, match whole UTF-8 characters; a class holds single
// characters beyond ASCII but no ranges of them. Everything else (lookaround, back references,
// word boundaries, named groups, flags) is refused by name. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/pattern.h"

namespace cromwell::engine {

inline constexpr std::size_t kMaxRegexBytes = 16 << 10;
inline constexpr int kMaxRegexDepth = 64;  // of groups
inline constexpr int kMaxRegexRepeat = 1000;

struct Regex {
  Pattern pattern;
  bool from_start = false;  // it began with ^
  bool to_end = false;      // it ended with $
};

// kInvalidRequest with the offset.
base::Result<Regex> parse_regex(std::string_view text);

}  // namespace cromwell::engine
