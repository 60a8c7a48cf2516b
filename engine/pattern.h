// Pattern: a regular language of bytes as a plain tree, which readers of regular expressions and
// JSON schemas make and engine/automaton compiles. Pure.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cromwell::engine {

using ByteSet = std::bitset<256>;

// Of a tree, before it is built where copies of its parts would make it large, and of what is
// compiled from it.
inline constexpr int kMaxPatternNodes = 1 << 16;

struct Pattern {
  enum class Kind {
    kBytes,      // one of `bytes`
    kSequence,   // all parts in turn; without parts: the empty text
    kChoice,     // one of the parts; without parts: nothing at all
    kRepeat,     // parts[0], `min` to `max` times; max -1: any number
    kSeparated,  // parts[0] once or more, with parts[1] between
  };
  Kind kind = Kind::kSequence;
  ByteSet bytes;
  std::vector<Pattern> parts;
  int min = 0;
  int max = 0;
};

Pattern one_of(const ByteSet& bytes);
Pattern byte_range(int first, int last);
Pattern literal(std::string_view text);
Pattern sequence(std::vector<Pattern> parts);
Pattern choice(std::vector<Pattern> parts);
Pattern repeat(Pattern part, int min, int max);
Pattern optional(Pattern part);
Pattern separated(Pattern part, Pattern separator);

// How many patterns the tree has, itself among them; stops counting above `limit`.
int count_patterns(const Pattern& pattern, int limit = kMaxPatternNodes);

// One UTF-8 character of two to four bytes, well formed (Unicode 15, table 3-7).
Pattern beyond_ascii();
// One character: a byte of `ascii`, or any character beyond ASCII.
Pattern character(const ByteSet& ascii);

// Any text that begins so.
Pattern starts_with(std::string_view text);
// Any text that does not; `text` is ASCII.
Pattern not_beginning_with(std::string_view text);
// Any text without `tag` in it, of whose ASCII characters the first does not come again.
Pattern without(std::string_view tag);
Pattern one_of_lines(const std::vector<std::string_view>& lines);
// Lines that do not begin with `fence`, and then a line that is the fence; fence: one character,
// repeated.
Pattern until_fence(std::string_view fence);

}  // namespace cromwell::engine
