#include "tokenizer/nfc.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/utf8.h"

namespace cromwell::tokenizer {
namespace {

struct Decomposition {
  char32_t composed;
  int composes;
  char32_t parts[4];  // zeros at the end
};
struct ClassRange {
  char32_t first, last;  // inclusive
  std::uint8_t combining_class;
};

#include "tokenizer/nfc_tables.inc"

// Hangul syllables are arithmetic: leading, vowel and optional trailing jamo.
constexpr char32_t kSyllable = 0xAC00, kLeading = 0x1100, kVowel = 0x1161, kTrailing = 0x11A7;
constexpr char32_t kLeadings = 19, kVowels = 21, kTrailings = 28;
constexpr char32_t kSyllables = kLeadings * kVowels * kTrailings;

constexpr char32_t kBrokenByte = 0x110000;  // + the byte: stands for a byte that is not UTF-8

struct Character {
  char32_t code_point;
  std::uint8_t combining_class;
};

class Tables {
 public:
  static const Tables& get() {
    static const Tables tables;
    return tables;
  }

  std::uint8_t combining_class(char32_t c) const {
    const auto range = std::upper_bound(
        std::begin(kCombiningClasses), std::end(kCombiningClasses), c,
        [](char32_t value, const ClassRange& entry) { return value < entry.first; });
    if (range == std::begin(kCombiningClasses) || c > (range - 1)->last) return 0;
    return (range - 1)->combining_class;
  }

  void decompose(char32_t c, std::vector<Character>& out) const {
    const auto put = [&](char32_t part) { out.push_back({part, combining_class(part)}); };
    if (c >= kSyllable && c < kSyllable + kSyllables) {
      const char32_t index = c - kSyllable;
      put(kLeading + index / (kVowels * kTrailings));
      put(kVowel + index % (kVowels * kTrailings) / kTrailings);
      if (index % kTrailings != 0) put(kTrailing + index % kTrailings);
      return;
    }
    const auto entry = decompositions_.find(c);
    if (entry == decompositions_.end()) return put(c);
    for (const char32_t part : entry->second->parts) {
      if (part != 0) put(part);
    }
  }

  // The composition of two characters, or 0.
  char32_t compose(char32_t first, char32_t second) const {
    if (first >= kLeading && first < kLeading + kLeadings && second >= kVowel &&
        second < kVowel + kVowels) {
      return kSyllable + ((first - kLeading) * kVowels + (second - kVowel)) * kTrailings;
    }
    const bool is_open_syllable = first >= kSyllable && first < kSyllable + kSyllables &&
                                  (first - kSyllable) % kTrailings == 0;
    if (is_open_syllable && second > kTrailing && second < kTrailing + kTrailings) {
      return first + (second - kTrailing);
    }
    const auto entry = compositions_.find(key(first, second));
    return entry == compositions_.end() ? 0 : entry->second;
  }

 private:
  Tables() {
    std::map<std::u32string, char32_t> composed_of;
    for (const Decomposition& entry : kDecompositions) {
      decompositions_.emplace(entry.composed, &entry);
      if (entry.composes != 0) composed_of.emplace(parts_of(entry), entry.composed);
    }
    // Each comes from all but its last part, composed, and that part.
    for (const auto& [parts, composed] : composed_of) {
      const std::u32string head = parts.substr(0, parts.size() - 1);
      const auto composed_head = composed_of.find(head);
      const char32_t first = composed_head != composed_of.end() ? composed_head->second : head[0];
      compositions_.emplace(key(first, parts.back()), composed);
    }
  }
  static std::u32string parts_of(const Decomposition& entry) {
    std::u32string parts;
    for (const char32_t part : entry.parts) {
      if (part != 0) parts += part;
    }
    return parts;
  }
  static std::uint64_t key(char32_t first, char32_t second) {
    return (std::uint64_t{first} << 32) | second;
  }

  std::unordered_map<char32_t, const Decomposition*> decompositions_;
  std::unordered_map<std::uint64_t, char32_t> compositions_;
};

std::vector<Character> decompose(std::string_view text) {
  std::vector<Character> characters;
  characters.reserve(text.size());
  while (!text.empty()) {
    const base::Utf8Char c = base::decode_utf8(text);
    if (c.valid) {
      Tables::get().decompose(c.code_point, characters);
    } else {
      for (const char byte : text.substr(0, static_cast<std::size_t>(c.length))) {
        characters.push_back({kBrokenByte + static_cast<std::uint8_t>(byte), 0});
      }
    }
    text.remove_prefix(static_cast<std::size_t>(c.length));
  }
  return characters;
}

// Marks between two starters go by class, those of one class as they stood.
void order_marks(std::vector<Character>& characters) {
  const auto is_starter = [](const Character& c) { return c.combining_class == 0; };
  for (auto begin = characters.begin(); begin != characters.end();) {
    begin = std::find_if_not(begin, characters.end(), is_starter);
    const auto end = std::find_if(begin, characters.end(), is_starter);
    std::stable_sort(begin, end, [](const Character& a, const Character& b) {
      return a.combining_class < b.combining_class;
    });
    begin = end;
  }
}

// A character joins the last starter unless something between them, of its class or higher, is in
// the way.
void compose(std::vector<Character>& characters) {
  constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t starter = kNone, kept = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const Character c = characters[i];
    const bool is_next = starter != kNone && kept == starter + 1;
    const bool is_reachable =
        starter != kNone && (is_next || characters[kept - 1].combining_class < c.combining_class);
    if (is_reachable) {
      const char32_t joined = Tables::get().compose(characters[starter].code_point, c.code_point);
      if (joined != 0) {
        characters[starter].code_point = joined;
        continue;
      }
    }
    characters[kept] = c;
    if (c.combining_class == 0) starter = kept;
    ++kept;
  }
  characters.resize(kept);
}

}  // namespace

bool is_nfc_quick(std::string_view text) {
  constexpr std::uint8_t kLeadOf0300 = 0xCC;
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<std::uint8_t>(c) >= kLeadOf0300; });
}

std::string normalize_nfc(std::string_view text) {
  std::vector<Character> characters = decompose(text);
  order_marks(characters);
  compose(characters);
  std::string out;
  out.reserve(text.size());
  for (const Character& c : characters) {
    if (c.code_point >= kBrokenByte) {
      out.push_back(static_cast<char>(c.code_point - kBrokenByte));
    } else {
      base::append_utf8(c.code_point, out);
    }
  }
  return out;
}

}  // namespace cromwell::tokenizer
