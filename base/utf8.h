// UTF-8 by the book (Unicode 3.9, table 3-7): no surrogates, nothing overlong, nothing above
// U+10FFFF. Broken bytes are grouped in maximal subparts, as the WHATWG decoder groups them. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cromwell::base {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

struct Utf8Char {
  char32_t code_point = kReplacementCharacter;  // U+FFFD where not valid
  int length = 1;                               // bytes taken: >= 1, also where not valid
  bool valid = false;
  bool cut = false;  // not valid only because the text ends: more bytes could complete it
};

// The character at the start of `text`, which must not be empty.
Utf8Char decode_utf8(std::string_view text);

// Appends a scalar value; anything else (surrogate, above U+10FFFF) is appended as U+FFFD.
void append_utf8(char32_t code_point, std::string& out);

// Where the first broken byte is, if there is one.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) { return !find_invalid_utf8(text); }

// At most `bytes` of the text's start, not cut within a character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

// The text with each maximal broken part replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

}  // namespace cromwell::base
