#include "engine/pattern.h"

#include <utility>

namespace cromwell::engine {
namespace {

ByteSet all_but(std::initializer_list<char> bytes) {
  ByteSet set;
  set.set();
  for (const char byte : bytes) set.reset(static_cast<unsigned char>(byte));
  return set;
}

}  // namespace

Pattern one_of(const ByteSet& bytes) {
  return {.kind = Pattern::Kind::kBytes, .bytes = bytes, .parts = {}};
}

Pattern byte_range(int first, int last) {
  ByteSet bytes;
  for (int byte = first; byte <= last; ++byte) bytes.set(static_cast<std::size_t>(byte));
  return one_of(bytes);
}

Pattern literal(std::string_view text) {
  std::vector<Pattern> parts;
  for (const char c : text) {
    const int byte = static_cast<unsigned char>(c);
    parts.push_back(byte_range(byte, byte));
  }
  return sequence(std::move(parts));
}

Pattern sequence(std::vector<Pattern> parts) {
  return {.kind = Pattern::Kind::kSequence, .bytes = {}, .parts = std::move(parts)};
}

Pattern choice(std::vector<Pattern> parts) {
  return {.kind = Pattern::Kind::kChoice, .bytes = {}, .parts = std::move(parts)};
}

Pattern repeat(Pattern part, int min, int max) {
  Pattern pattern{.kind = Pattern::Kind::kRepeat, .bytes = {}, .parts = {}, .min = min, .max = max};
  pattern.parts.push_back(std::move(part));
  return pattern;
}

Pattern optional(Pattern part) { return repeat(std::move(part), 0, 1); }

Pattern separated(Pattern part, Pattern separator) {
  return {.kind = Pattern::Kind::kSeparated,
          .bytes = {},
          .parts = {std::move(part), std::move(separator)}};
}

int count_patterns(const Pattern& pattern, int limit) {
  int count = 1;
  for (const Pattern& part : pattern.parts) {
    if (count > limit) break;
    count += count_patterns(part, limit - count);
  }
  return count;
}

Pattern beyond_ascii() {
  const Pattern tail = byte_range(0x80, 0xBF);
  return choice({sequence({byte_range(0xC2, 0xDF), tail}),
                 sequence({byte_range(0xE0, 0xE0), byte_range(0xA0, 0xBF), tail}),
                 sequence({byte_range(0xE1, 0xEC), tail, tail}),
                 sequence({byte_range(0xED, 0xED), byte_range(0x80, 0x9F), tail}),
                 sequence({byte_range(0xEE, 0xEF), tail, tail}),
                 sequence({byte_range(0xF0, 0xF0), byte_range(0x90, 0xBF), tail, tail}),
                 sequence({byte_range(0xF1, 0xF3), tail, tail, tail}),
                 sequence({byte_range(0xF4, 0xF4), byte_range(0x80, 0x8F), tail, tail})});
}

Pattern character(const ByteSet& ascii) { return choice({one_of(ascii), beyond_ascii()}); }

Pattern starts_with(std::string_view text) {
  return sequence({literal(text), repeat(byte_range(0, 255), 0, -1)});
}

Pattern not_beginning_with(std::string_view text) {
  std::vector<Pattern> ways;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Pattern rest = sequence({one_of(all_but({text[i]})), repeat(byte_range(0, 255), 0, -1)});
    ways.push_back(sequence({literal(text.substr(0, i)), optional(rest)}));
  }
  return choice(std::move(ways));
}

Pattern without(std::string_view tag) {
  // A beginning of the tag is followed by what does not go on with it: another beginning, which
  // only the tag's first character opens, any other byte, or the end.
  std::vector<Pattern> begun, broken;
  for (std::size_t i = 1; i < tag.size(); ++i) {
    begun.push_back(literal(tag.substr(0, i)));
    broken.push_back(sequence({begun.back(), one_of(all_but({tag.front(), tag[i]}))}));
  }
  const Pattern beginnings = repeat(choice(std::move(begun)), 0, -1);
  const Pattern stretch =
      choice({one_of(all_but({tag.front()})), sequence({beginnings, choice(std::move(broken))})});
  return sequence({repeat(stretch, 0, -1), beginnings});
}

Pattern one_of_lines(const std::vector<std::string_view>& lines) {
  std::vector<Pattern> parts;
  for (const std::string_view line : lines) parts.push_back(literal(line));
  return choice(std::move(parts));
}

Pattern until_fence(std::string_view fence) {
  ByteSet in_line;
  in_line.set();
  in_line.reset('\n');
  ByteSet off_fence = in_line;
  off_fence.reset(static_cast<unsigned char>(fence.front()));
  // A line with fewer of the fence's characters in front than the fence has.
  std::vector<Pattern> starts;
  for (std::size_t i = 0; i < fence.size(); ++i) starts.push_back(literal(fence.substr(0, i)));
  const Pattern rest = optional(sequence({one_of(off_fence), repeat(one_of(in_line), 0, -1)}));
  Pattern line = sequence({choice(std::move(starts)), rest, literal("\n")});
  return sequence({repeat(std::move(line), 0, -1), literal(fence)});
}

}  // namespace cromwell::engine
