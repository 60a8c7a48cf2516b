#include "edit/named_region.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "edit/lines.h"
#include "workspace/identifiers.h"
#include "workspace/outline.h"
#include "workspace/smallest_node.h"

namespace cromwell::edit {
namespace {

using workspace::LineRange;
using workspace::Symbol;

struct Word {
  std::string_view text;           // "Cart.total"
  std::string_view before, after;  // the words beside it
  bool quoted = false;             // `total`, "total" or total(
};

// Identifiers, also dotted ones.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!workspace::is_identifier_char(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    const auto joins = [&](std::size_t at) {  // '.' or "::" between two parts of a name
      const std::size_t size = text.substr(at).starts_with("::") ? 2 : text[at] == '.' ? 1 : 0;
      return size > 0 && at + size < text.size() && workspace::is_identifier_char(text[at + size])
                 ? size
                 : 0;
    };
    while (end < text.size() && (workspace::is_identifier_char(text[end]) || joins(end) > 0)) {
      end += workspace::is_identifier_char(text[end]) ? 1 : joins(end);
    }
    const char left = i > 0 ? text[i - 1] : ' ';
    const char right = end < text.size() ? text[end] : ' ';
    const bool quoted = right == '(' || ((left == '`' || left == '\'' || left == '"') &&
                                         (right == left || right == '('));
    words.push_back({.text = text.substr(i, end - i), .quoted = quoted});
    i = end;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) words[i].before = words[i - 1].text;
    if (i + 1 < words.size()) words[i].after = words[i + 1].text;
  }
  return words;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), to_lower(word)) != list.end();
}

bool is_kind_word(std::string_view word) {
  return is_one_of(word, {"function", "method", "class", "struct", "interface", "enum", "trait",
                          "type", "module", "macro", "def", "fn", "func", "constructor"});
}

// "total" in "the total cost" is no name; in "the function total", "total()" or "docs to total." it
// is one, and so is what no plain word looks like.
bool reads_as_name(const Word& word) {
  const bool plain =
      std::all_of(word.text.begin(), word.text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool title = !plain && std::all_of(word.text.begin() + 1, word.text.end(),
                                           [](char c) { return c >= 'a' && c <= 'z'; });
  if (word.quoted || (!plain && !title)) return true;
  if (is_kind_word(word.before) || is_kind_word(word.after)) return true;
  return !word.before.empty() && is_one_of(word.before, {"to", "in", "of", "from"}) &&
         word.text.size() > 2;
}

std::string without_colons(std::string_view name) {
  std::string dotted;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool colons = name.substr(i, 2) == "::";
    dotted += colons ? '.' : name[i];
    i += colons ? 1 : 0;
  }
  return dotted;
}

bool is_named(const Symbol& symbol, const std::string& word) {
  if (symbol.name == word) return true;
  const std::string full = without_colons(symbol.container + "." + symbol.name);
  return word.find('.') != std::string::npos && ("." + full).ends_with("." + word);
}

bool holds(LineRange outer, LineRange inner) {
  return outer.first <= inner.first && inner.last <= outer.last;
}

}  // namespace

std::optional<LineRange> named_region(const workspace::TextFile& file, std::string_view name,
                                      std::string_view instruction) {
  const std::vector<Symbol> symbols = workspace::outline_of(file, name);
  std::optional<LineRange> smallest;
  std::vector<LineRange> named;
  for (const Word& word : words_of(instruction)) {
    if (!reads_as_name(word)) continue;
    const std::string wanted = without_colons(word.text);
    const auto fits = [&](const Symbol& symbol) { return is_named(symbol, wanted); };
    const auto found = std::find_if(symbols.begin(), symbols.end(), fits);
    if (found == symbols.end()) continue;
    if (std::find_if(found + 1, symbols.end(), fits) != symbols.end()) return std::nullopt;
    named.push_back(found->lines);
    if (!smallest || holds(*smallest, found->lines)) smallest = found->lines;
  }
  const bool nested = std::all_of(named.begin(), named.end(),
                                  [&](LineRange lines) { return holds(lines, *smallest); });
  return nested ? smallest : std::nullopt;
}

std::optional<LineRange> region_around(const workspace::TextFile& file, std::string_view name,
                                       int line) {
  std::optional<LineRange> innermost;
  for (const Symbol& symbol : workspace::outline_of(file, name)) {
    if (!holds(symbol.lines, {line, line})) continue;
    if (!innermost || holds(*innermost, symbol.lines)) innermost = symbol.lines;
  }
  return innermost ? innermost : workspace::smallest_node(file, name, {line, line});
}

}  // namespace cromwell::edit
