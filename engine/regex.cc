#include "engine/regex.h"

#include <optional>
#include <string>
#include <utility>

#include "base/utf8.h"

namespace cromwell::engine {
namespace {

ByteSet range_set(char first, char last) {
  ByteSet set;
  for (int byte = first; byte <= last; ++byte) set.set(static_cast<std::size_t>(byte));
  return set;
}

ByteSet ascii() { return range_set(0, 127); }

// The set that \d, \w or \s stands for.
std::optional<ByteSet> class_of(char letter) {
  const ByteSet digits = range_set('0', '9');
  if (letter == 'd') return digits;
  if (letter == 'w') {
    ByteSet word = digits | range_set('a', 'z') | range_set('A', 'Z');
    return word.set('_');
  }
  if (letter == 's') return range_set('\t', '\r').set(' ');
  return std::nullopt;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Of a class: bytes of ASCII, and whole characters beyond.
struct Members {
  ByteSet bytes;
  std::vector<Pattern> others;
  bool has_all_others = false;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<Regex> read() {
    Regex regex;
    if (peek() == '^') {
      regex.from_start = true;
      ++at_;
    }
    CROMWELL_ASSIGN(regex.pattern, read_choice(0));
    if (peek() == '$' && at_ + 1 == text_.size()) {
      regex.to_end = true;
      ++at_;
    }
    if (at_ == text_.size()) return regex;
    return fault(peek() == ')' ? "a ) that closes nothing" : "^ and $ stand at the ends only");
  }

 private:
  // 0 at the end: a NUL in the text is read by what takes characters.
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool is_at_end() const { return at_ >= text_.size(); }
  base::Error fault(const std::string& what) const {
    return {.code = base::ErrorCode::kInvalidRequest,
            .message = "regular expression: " + what + " at byte " + std::to_string(at_)};
  }

  base::Result<Pattern> read_choice(int depth) {
    if (depth > kMaxRegexDepth) return fault("groups nest deeper than supported");
    std::vector<Pattern> parts;
    for (;;) {
      CROMWELL_ASSIGN(Pattern part, read_sequence(depth));
      parts.push_back(std::move(part));
      if (peek() != '|') break;
      ++at_;
    }
    if (parts.size() == 1) return std::move(parts.front());
    return choice(std::move(parts));
  }

  base::Result<Pattern> read_sequence(int depth) {
    std::vector<Pattern> parts;
    while (!is_at_end() && peek() != '|' && peek() != ')' && peek() != '$') {
      CROMWELL_ASSIGN(Pattern part, read_atom(depth));
      CROMWELL_ASSIGN(part, read_repeats(std::move(part)));
      parts.push_back(std::move(part));
    }
    return sequence(std::move(parts));
  }

  base::Result<Pattern> read_repeats(Pattern part) {
    int min = 0, max = -1;
    switch (peek()) {
      case '*':
        break;
      case '+':
        min = 1;
        break;
      case '?':
        max = 1;
        break;
      case '{': {
        CROMWELL_TRY(read_counts(min, max));
        break;
      }
      default:
        return part;
    }
    ++at_;
    if (peek() == '?') ++at_;  // lazy: which text is found first does not matter here
    if (!is_at_end() && (peek() == '+' || peek() == '*' || peek() == '{' || peek() == '?')) {
      return fault("a repeat of a repeat");
    }
    return repeat(std::move(part), min, max);
  }

  // {m}, {m,} or {m,n}, up to the brace.
  base::Result<> read_counts(int& min, int& max) {
    ++at_;
    CROMWELL_ASSIGN(min, read_count());
    max = min;
    if (peek() == ',') {
      ++at_;
      max = -1;
      if (peek() != '}') {
        CROMWELL_ASSIGN(max, read_count());
      }
    }
    if (peek() != '}') return fault("expected }");
    if (max >= 0 && max < min) return fault("a repeat whose end is below its beginning");
    return {};
  }

  base::Result<int> read_count() {
    int count = 0;
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9' && count <= kMaxRegexRepeat) {
      count = 10 * count + (text_[at_++] - '0');
    }
    if (at_ == begin) return fault("expected a number");
    if (count > kMaxRegexRepeat) {
      return fault("a repeat of more than " + std::to_string(kMaxRegexRepeat));
    }
    return count;
  }

  base::Result<Pattern> read_atom(int depth) {
    switch (peek()) {
      case '(':
        return read_group(depth);
      case '[':
        return read_class();
      case '.':
        ++at_;
        return character(ascii().reset('\n'));
      case '\\':
        return read_escape();
      case '^':
        return fault("^ and $ stand at the ends only");
      case '*':
      case '+':
      case '?':
      case '{':
        return fault("a repeat of nothing");
      default:
        return read_character();
    }
  }

  base::Result<Pattern> read_group(int depth) {
    ++at_;
    if (peek() == '?') {
      if (peek(1) != ':') return fault("only plain and (?: groups are supported, found (?");
      at_ += 2;
    }
    CROMWELL_ASSIGN(Pattern part, read_choice(depth + 1));
    if (peek() != ')') return fault(is_at_end() ? "expected )" : "^ and $ stand at the ends only");
    ++at_;
    return part;
  }

  // One character as it stands, of as many bytes as it has.
  base::Result<Pattern> read_character() {
    const std::size_t begin = at_++;
    while (!is_at_end() && (peek() & '\xC0') == '\x80') ++at_;
    return literal(text_.substr(begin, at_ - begin));
  }

  base::Result<Pattern> read_escape() {
    const char letter = peek(1);
    if (const auto set = class_of(letter)) {
      at_ += 2;
      return one_of(*set);
    }
    if (const auto set = class_of(static_cast<char>(letter | 0x20)); set && letter < 'a') {
      at_ += 2;
      return character(ascii() & ~*set);
    }
    CROMWELL_ASSIGN(const std::string text, read_escaped());
    return literal(text);
  }

  // What \n, \., \x41 or \u20ac stands for, as UTF-8.
  base::Result<std::string> read_escaped() {
    static constexpr std::string_view kLetters = "ntrfv0", kBytes("\n\t\r\f\v\0", 6);
    const char letter = peek(1);
    if (at_ + 1 >= text_.size()) return fault("a \\ at the end");
    if (const auto place = kLetters.find(letter); place != std::string_view::npos) {
      at_ += 2;
      return std::string(1, kBytes[place]);
    }
    if (letter == 'x') return read_hex(2);
    if (letter == 'u') return read_hex(4);
    const bool is_mark = letter > 0x20 && letter < 0x7F && !class_letter(letter);
    if (!is_mark) return fault(std::string("\\") + letter + " is not supported");
    at_ += 2;
    return std::string(1, letter);
  }
  static bool class_letter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  base::Result<std::string> read_hex(std::size_t digits) {
    unsigned code = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const int value = hex_value(peek(2 + i));
      if (value < 0) return fault("expected " + std::to_string(digits) + " hex digits");
      code = 16 * code + static_cast<unsigned>(value);
    }
    std::string text;
    if (code >= 0xD800 && code < 0xE000) return fault("half of a surrogate pair");
    at_ += 2 + digits;
    const auto put = [&](unsigned byte) { text.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | (code >> 6));
      put(0x80 | (code & 0x3F));
    } else {
      put(0xE0 | (code >> 12));
      put(0x80 | ((code >> 6) & 0x3F));
      put(0x80 | (code & 0x3F));
    }
    return text;
  }

  base::Result<Pattern> read_class() {
    ++at_;
    const bool is_complement = peek() == '^';
    if (is_complement) ++at_;
    Members members;
    for (bool is_first = true; is_first || peek() != ']'; is_first = false) {
      if (is_at_end()) return fault("expected ]");
      CROMWELL_TRY(read_member(members));
    }
    ++at_;
    if (is_complement) {
      if (!members.others.empty() || members.has_all_others) {
        return fault("a complement of characters beyond ASCII is not supported");
      }
      return character(ascii() & ~members.bytes);
    }
    members.others.push_back(one_of(members.bytes));
    if (members.has_all_others) members.others.push_back(beyond_ascii());
    return choice(std::move(members.others));
  }

  base::Result<> read_member(Members& members) {
    if (peek() == '\\') {
      if (const auto set = class_of(peek(1))) {
        members.bytes |= *set;
        at_ += 2;
        return {};
      }
      if (const auto set = class_of(static_cast<char>(peek(1) | 0x20)); set && peek(1) < 'a') {
        members.bytes |= ascii() & ~*set;
        members.has_all_others = true;
        at_ += 2;
        return {};
      }
    }
    CROMWELL_ASSIGN(const std::string first, read_class_character());
    if (peek() != '-' || peek(1) == ']') {
      if (first.size() > 1) members.others.push_back(literal(first));
      if (first.size() == 1) members.bytes.set(static_cast<unsigned char>(first[0]));
      return {};
    }
    ++at_;
    CROMWELL_ASSIGN(const std::string last, read_class_character());
    if (first.size() > 1 || last.size() > 1) return fault("ranges beyond ASCII are not supported");
    if (last[0] < first[0]) return fault("a range whose end is below its beginning");
    members.bytes |= range_set(first[0], last[0]);
    return {};
  }

  base::Result<std::string> read_class_character() {
    if (is_at_end()) return fault("expected ]");
    if (peek() == '\\') return read_escaped();
    const std::size_t begin = at_++;
    while (!is_at_end() && (peek() & '\xC0') == '\x80') ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

base::Result<Regex> parse_regex(std::string_view text) {
  if (text.size() > kMaxRegexBytes) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "regular expression: " + std::to_string(text.size()) +
                                  " bytes, expected at most " + std::to_string(kMaxRegexBytes)};
  }
  if (!base::is_utf8(text)) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "regular expression: not UTF-8"};
  }
  return Reader(text).read();
}

}  // namespace cromwell::engine
