#include "engine/json_pattern.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace cromwell::engine {
namespace {

ByteSet bytes_of(std::string_view text) {
  ByteSet set;
  for (const char c : text) set.set(static_cast<unsigned char>(c));
  return set;
}

Pattern digits() { return byte_range('0', '9'); }

Pattern hex_digit() { return one_of(bytes_of("0123456789abcdefABCDEF")); }

// \uXXXX, but no half of a surrogate pair (D800 to DFFF).
Pattern unicode_escape() {
  const Pattern other = one_of(bytes_of("0123456789abcefABCEF"));
  return sequence({literal("\\u"),
                   choice({sequence({other, hex_digit()}),
                           sequence({one_of(bytes_of("dD")), byte_range('0', '7')})}),
                   hex_digit(), hex_digit()});
}

bool is_raw(std::size_t byte) { return byte >= 0x20 && byte != '"' && byte != '\\'; }

Pattern string_character() {
  ByteSet ascii;
  for (std::size_t byte = 0; byte < 0x80; ++byte) ascii.set(byte, is_raw(byte));
  return choice({one_of(ascii), beyond_ascii(),
                 sequence({literal("\\"), one_of(bytes_of("\"\\/bfnrt"))}), unicode_escape()});
}

std::string escaped(std::size_t byte) {
  if (byte == '"') return "\\\"";
  if (byte == '\\') return "\\\\";
  if (byte == '\n') return "\\n";
  if (byte == '\t') return "\\t";
  if (byte == '\r') return "\\r";
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(byte));
  return text.data();
}

Pattern escaped_pattern(Pattern pattern) {
  if (pattern.kind != Pattern::Kind::kBytes) {
    for (Pattern& part : pattern.parts) part = escaped_pattern(std::move(part));
    return pattern;
  }
  std::vector<Pattern> ways(1);
  ByteSet raw;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    if (!pattern.bytes[byte]) continue;
    if (is_raw(byte)) {
      raw.set(byte);
    } else {
      ways.push_back(literal(escaped(byte)));
    }
  }
  ways.front() = one_of(raw);
  return choice(std::move(ways));
}

Pattern comma() { return sequence({literal(","), json_space()}); }

Pattern in_brackets(const char* open, Pattern content, const char* close) {
  return sequence({literal(open), json_space(), std::move(content), json_space(), literal(close)});
}

}  // namespace

Pattern json_space() {
  return optional(choice({literal(" "), sequence({literal("\n"), repeat(literal(" "), 0, -1)})}));
}

Pattern json_integer() {
  return sequence({optional(literal("-")),
                   choice({literal("0"), sequence({byte_range('1', '9'),
                                                   repeat(digits(), 0, kMaxDigits - 1)})})});
}

Pattern json_number() {
  return sequence({json_integer(),
                   optional(sequence({literal("."), repeat(digits(), 1, kMaxDigits)})),
                   optional(sequence({one_of(bytes_of("eE")), optional(one_of(bytes_of("+-"))),
                                      repeat(digits(), 1, kMaxExponentDigits)}))});
}

Pattern json_string(int min, int max) {
  return sequence({literal("\""), repeat(string_character(), min, max), literal("\"")});
}

Pattern json_string_of(Pattern content) {
  return sequence({literal("\""), escaped_pattern(std::move(content)), literal("\"")});
}

Pattern json_array(const Pattern& item, int min, int max) {
  Pattern items;
  if (min <= 1 && max < 0) {
    items = separated(item, comma());
  } else if (max != 0) {
    const Pattern more = sequence({comma(), item});
    items = sequence({item, repeat(more, min > 0 ? min - 1 : 0, max < 0 ? -1 : max - 1)});
  }
  if (min == 0 && max != 0) items = optional(std::move(items));
  return in_brackets("[", std::move(items), "]");
}

Pattern json_map(const Pattern& value) {
  const Pattern pair = sequence({json_string(), literal(":"), json_space(), value});
  return in_brackets("{", optional(separated(pair, comma())), "}");
}

Pattern json_object(int depth) { return json_map(json_value(depth - 1)); }

Pattern json_value(int depth) {
  std::vector<Pattern> kinds{json_string(), json_number(), literal("true"), literal("false"),
                             literal("null")};
  if (depth > 0) {
    const Pattern inner = json_value(depth - 1);
    kinds.push_back(json_map(inner));
    kinds.push_back(json_array(inner));
  }
  return choice(std::move(kinds));
}

}  // namespace cromwell::engine
