#include "tokenizer/unicode_classes.h"

#include <algorithm>
#include <map>
#include <span>

namespace cromwell::tokenizer {
namespace {

struct CodePointRange {
  char32_t first, last;  // inclusive
};

#include "tokenizer/unicode_ranges.inc"

// Literally the class of deepseek-coder's third split: 一-龥, ࠀ-一, 가-퟿.
constexpr CodePointRange kCjkRanges[] = {{0x0800, 0x9FA5}, {0xAC00, 0xD7FF}};
constexpr CodePointRange kNewlines[] = {{'\n', '\n'}, {'\r', '\r'}};

void mark(std::vector<ClassBits>& flat, std::span<const CodePointRange> ranges, ClassBits bit) {
  for (const CodePointRange& range : ranges) {
    for (char32_t c = range.first; c <= range.last; ++c) flat[c] |= bit;
  }
}

}  // namespace

UnicodeClasses::UnicodeClasses() {
  std::vector<ClassBits> flat(0x110000);
  mark(flat, kLetters, kLetter);
  mark(flat, kNumbers, kNumber);
  mark(flat, kPunctuationRanges, kPunctuation);
  mark(flat, kSpaces, kSpace);
  mark(flat, kDigits, kDigit);
  mark(flat, kCjkRanges, kCjk);
  mark(flat, kNewlines, kNewline);

  std::map<std::array<ClassBits, 256>, std::uint16_t> seen;
  for (std::size_t block = 0; block < block_of_.size(); ++block) {
    std::array<ClassBits, 256> content;
    std::copy_n(flat.begin() + static_cast<std::ptrdiff_t>(block * 256), 256, content.begin());
    const auto next = static_cast<std::uint16_t>(seen.size());
    const auto [it, is_new] = seen.emplace(content, next);
    if (is_new) blocks_.insert(blocks_.end(), content.begin(), content.end());
    block_of_[block] = it->second;
  }
  for (std::size_t c = 0; c < ascii_.size(); ++c) ascii_[c] = flat[c];
}

const UnicodeClasses& UnicodeClasses::get() {
  static const UnicodeClasses classes;
  return classes;
}

ClassedChar UnicodeClasses::at_multibyte(const char* p, const char* end) const {
  const base::Utf8Char c = base::decode_utf8({p, static_cast<std::size_t>(end - p)});
  return {c.valid ? of(c.code_point) : ClassBits{0}, c.length};
}

}  // namespace cromwell::tokenizer
