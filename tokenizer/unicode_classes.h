// UnicodeClasses: which classes of the pre-tokenizers' regular expressions a code point belongs to,
// as Hugging Face `tokenizers` has them (see tests/golden/tokenizer_unicode_table.py). Immutable;
// any thread. Not a general Unicode library.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/utf8.h"

namespace cromwell::tokenizer {

using ClassBits = std::uint8_t;
inline constexpr ClassBits kLetter = 1;        // \p{L}
inline constexpr ClassBits kNumber = 2;        // \p{N}
inline constexpr ClassBits kSpace = 4;         // \s
inline constexpr ClassBits kNewline = 8;       // [\r\n]
inline constexpr ClassBits kPunctuation = 16;  // \p{P}
inline constexpr ClassBits kDigit = 32;        // char::is_numeric: \p{N} of a newer Unicode
inline constexpr ClassBits kCjk = 64;          // [一-龥ࠀ-一가-퟿], deepseek-coder's

// One character of the text: its classes (0 for "any other") and its bytes. A broken byte sequence
// is one character of no class, so that any bytes at all can be cut into pieces.
struct ClassedChar {
  ClassBits classes = 0;
  int length = 1;
};

class UnicodeClasses {
 public:
  static const UnicodeClasses& get();

  ClassBits of(char32_t code_point) const {
    return code_point <= 0x10FFFF ? blocks_[block_of_[code_point >> 8] * 256u + (code_point & 0xFF)]
                                  : ClassBits{0};
  }

  // The character at `p`; p < end.
  ClassedChar at(const char* p, const char* end) const {
    const auto byte = static_cast<std::uint8_t>(*p);
    if (byte < 0x80) return {ascii_[byte], 1};
    return at_multibyte(p, end);
  }

 private:
  UnicodeClasses();
  ClassedChar at_multibyte(const char* p, const char* end) const;

  // Two stages: most of the 4,352 blocks of 256 code points are equal to another one.
  std::array<ClassBits, 128> ascii_{};
  std::array<std::uint16_t, 0x1100> block_of_{};
  std::vector<ClassBits> blocks_;  // [distinct blocks, 256]
};

}  // namespace cromwell::tokenizer
