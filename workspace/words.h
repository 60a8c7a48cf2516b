// Words: the runs of letters, digits and underscores of a source text that may be names or parts of
// names, as hashes. A file that was not parsed is found by them. Whether a name is defined where it
// stands is not judged here: only a parse tells. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cromwell::workspace {

// A word's hash, but for its lowest bit: the word stands, once at least, after another one or at
// the beginning of a line, as most definitions do and most uses do not ("def load", "= load"). It
// says which files are parsed first and nothing else.
using WordMark = std::uint64_t;
inline constexpr WordMark kLikelyBit = 1;

// By which a name is looked for: its longest word. None: it has none.
std::optional<WordMark> word_of_name(std::string_view name);

// The distinct words of a text. Kept from one text to the next for its memory's sake.
class WordSet {
 public:
  // Until the next call. A word within ASCII and one beyond are two ("größe": "gr", "öß",
  // "e"), since grammars end names at some characters beyond it.
  const std::vector<WordMark>& read(std::string_view text);

 private:
  void add(WordMark word, bool is_likely);

  std::vector<std::uint32_t> slots_;  // open addressing: 1 + the place in words_; 0 is empty
  std::vector<WordMark> words_;
};

}  // namespace cromwell::workspace
