// Any bytes, as source text of any language: trees, outlines and errors come back, and the words of
// the text hold every name of the outline.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workspace/outline.h"
#include "workspace/syntax_check.h"
#include "workspace/words.h"

namespace cromwell::workspace {
namespace {

// The outline cuts what is longer than any name, anywhere within a word.
bool is_cut(const Symbol& symbol) {
  return symbol.container.size() + 2 + symbol.name.size() > kMaxSignatureBytes - 4;
}

// A name that broken text has glued to a number is a part of a longer word.
bool follows_digit(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    if (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9') return true;
  }
  return false;
}

bool are_found(const std::vector<Symbol>& outline, std::string_view text) {
  WordSet set;
  std::vector<WordMark> words = set.read(text);
  for (WordMark& word : words) word &= ~kLikelyBit;
  std::sort(words.begin(), words.end());
  return std::all_of(outline.begin(), outline.end(), [&](const Symbol& symbol) {
    const auto word = word_of_name(symbol.name);
    return !word || std::binary_search(words.begin(), words.end(), *word) || is_cut(symbol) ||
           follows_digit(text, symbol.name);
  });
}

}  // namespace
}  // namespace cromwell::workspace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::workspace;
  if (size == 0) return 0;
  const auto grammar = static_cast<Grammar>(data[0] % (static_cast<int>(Grammar::kBash) + 1));
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto tree = SyntaxTree::parse(text, grammar);
  if (!tree) return 0;
  if (!are_found(outline_of(*tree, text), text)) std::abort();
  syntax_errors(*tree, text);
  return 0;
}
