#include "workspace/words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

namespace cromwell::workspace {
namespace {

constexpr std::size_t kHashedBytes = 64;  // names are cut where an outline keeps them, far beyond

constexpr auto kIsInWord = [] {  // of those within ASCII
  std::array<bool, 256> is{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) is[c] = is[c - 'a' + 'A'] = true;
  for (std::size_t c = '0'; c <= '9'; ++c) is[c] = true;
  is['_'] = true;
  return is;
}();

bool is_in_word(char c) { return kIsInWord[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// The bytes of a space or a format character beyond ASCII that begins there; 0 for another.
std::size_t space_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == 0xc2) return byte(1) == 0x85 || byte(1) == 0xa0 ? 2 : 0;
  if (byte(0) < 0xe1) return 0;
  const unsigned code = (byte(0) & 0xf) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
  const bool is_one = code == 0x1680 || (code >= 0x2000 && code <= 0x200f) ||
                      (code >= 0x2028 && code <= 0x202f) || (code >= 0x205f && code <= 0x2064) ||
                      code == 0x3000 || code == 0xfeff;
  return byte(0) < 0xf0 && is_one ? 3 : 0;
}

// Where what begins at `begin` and is all within ASCII or all beyond it has its end.
std::size_t end_of_word(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && is_in_word(text[end])) ++end;
  if (end > begin) return end;
  while (end < text.size() && is_beyond_ascii(text[end]) && space_at(text, end) == 0) ++end;
  return end;
}

// Visits each word with its place; numbers are none.
template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_word(text, at);
    if (end > at && !is_digit(text[at])) visit(at, text.substr(at, end - at));
    at = std::max(end, at + std::max<std::size_t>(space_at(text, at), 1));
  }
}

WordMark mark_of(std::string_view word) {
  return std::hash<std::string_view>()(word.substr(0, kHashedBytes)) & ~kLikelyBit;
}

// Words after which a name is used, not defined.
bool is_before_uses(WordMark word) {
  static const auto kMarks = [] {
    auto marks = std::to_array<WordMark>(
        {mark_of("and"),  mark_of("as"),     mark_of("assert"),  mark_of("await"),
         mark_of("case"), mark_of("delete"), mark_of("do"),      mark_of("elif"),
         mark_of("else"), mark_of("except"), mark_of("extends"), mark_of("from"),
         mark_of("goto"), mark_of("if"),     mark_of("import"),  mark_of("in"),
         mark_of("is"),   mark_of("new"),    mark_of("not"),     mark_of("of"),
         mark_of("or"),   mark_of("raise"),  mark_of("return"),  mark_of("throw"),
         mark_of("use"),  mark_of("while"),  mark_of("with"),    mark_of("yield")});
    std::sort(marks.begin(), marks.end());
    return marks;
  }();
  return std::binary_search(kMarks.begin(), kMarks.end(), word);
}

// Between two words: also what makes a pointer of a type.
bool are_blanks(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\t' || c == '*' || c == '&'; });
}

}  // namespace

std::optional<WordMark> word_of_name(std::string_view name) {
  std::string_view longest;
  for_each_word(name, [&](std::size_t, std::string_view word) {
    if (word.size() > longest.size()) longest = word;
  });
  return longest.empty() ? std::nullopt : std::optional(mark_of(longest));
}

const std::vector<WordMark>& WordSet::read(std::string_view text) {
  words_.clear();
  slots_.assign(std::bit_ceil(text.size() + 1), 0);  // more than there can be words
  std::size_t end = 0;                               // of the word before
  WordMark before = 0;
  for_each_word(text, [&](std::size_t at, std::string_view word) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    const bool is_likely = begins_line || (are_blanks(text.substr(end, at - end)) && before != 0 &&
                                           !is_before_uses(before));
    before = mark_of(word);
    end = at + word.size();
    add(before, is_likely);
  });
  return words_;
}

void WordSet::add(WordMark word, bool is_likely) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = (word >> 1) & mask;
  while (slots_[slot] != 0 && (words_[slots_[slot] - 1] & ~kLikelyBit) != word) {
    slot = (slot + 1) & mask;
  }
  if (slots_[slot] == 0) {
    words_.push_back(word);
    slots_[slot] = static_cast<std::uint32_t>(words_.size());
  }
  if (is_likely) words_[slots_[slot] - 1] |= kLikelyBit;
}

}  // namespace cromwell::workspace
