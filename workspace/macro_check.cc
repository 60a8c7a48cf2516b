#include "workspace/macro_check.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "workspace/outline.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Visits each word of a text, also in comments and strings: `visit(word, line)`.
template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end > at) visit(text.substr(at, end - at), line);
    if (end < text.size() && text[end] == '\n') ++line;
    at = end + 1;
  }
}

std::unordered_set<std::string_view> defined_in(std::string_view text) {
  std::unordered_set<std::string_view> names;
  bool is_name = false;
  for_each_word(text, [&](std::string_view word, int) {
    if (is_name) names.insert(word);
    is_name = word == "define";
  });
  return names;
}

// Where a macro may stand without being used: `#ifdef A`, `defined(A)`, `#undef A`.
bool only_asks(std::string_view word) {
  return word == "ifdef" || word == "ifndef" || word == "defined" || word == "undef";
}

// What the grammar of C takes for a call, but the language has.
bool is_assertion(std::string_view name) {
  return name == "static_assert" || name == "_Static_assert";
}

// By custom only macros are called so: EXPORT_SYMBOL.
bool is_macro_name(std::string_view name) {
  return name.size() > 2 && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

using Names = std::unordered_set<std::string>;

Names functions_in(const SyntaxTree& tree, std::string_view text) {
  Names names;
  for (Symbol& symbol : outline_of(tree, text)) {
    if (symbol.depth == 0 && symbol.kind == SymbolKind::kFunction) {
      names.insert(std::move(symbol.name));
    }
  }
  return names;
}

bool is_given_only(TSNode call, const Names& names, std::string_view text) {
  const TSNode arguments = field(call, "arguments");
  bool is_known = true;
  int count = 0;
  for_each_child(arguments, [&](TSNode argument) {
    if (!ts_node_is_named(argument) || ts_node_is_extra(argument)) return;  // a comment
    ++count;
    is_known = is_known && names.contains(std::string(text_of(argument, text)));
  });
  return count > 0 && is_known;
}

bool is_conditional(std::string_view type) { return type.starts_with("preproc_"); }

bool holds_items(std::string_view type) {
  return type == "translation_unit" || is_conditional(type) || type == "linkage_specification" ||
         type == "declaration_list" || type == "namespace_definition";
}

}  // namespace

std::vector<Misplaced> strange_calls(const SyntaxTree& tree, std::string_view text,
                                     std::string_view old_text) {
  std::unordered_set<std::string_view> known;
  for_each_word(old_text, [&](std::string_view word, int) { known.insert(word); });
  std::optional<Names> functions;  // once they are asked for
  std::vector<Misplaced> found;
  TreeWalk walk(tree.root());
  bool into = true;
  do {
    const TSNode node = walk.node();
    const std::string_view type = type_of(node);
    into = holds_items(type);
    if (type != "expression_statement" || ts_node_named_child_count(node) == 0) continue;
    const TSNode call = ts_node_named_child(node, 0);
    if (type_of(call) != "call_expression" || found.size() >= kMaxMisplaced) continue;
    const std::string_view name = text_of(field(call, "function"), text);
    if (known.contains(name) || is_assertion(name)) continue;
    if (tree.grammar() == Grammar::kC && is_macro_name(name)) {
      if (!functions) functions = functions_in(tree, text);
      if (is_given_only(call, *functions, text)) continue;
    }
    found.push_back({line_of(node), "a call outside of a function"});
  } while (walk.next(into));
  return found;
}

std::vector<Misplaced> lost_macros(std::string_view old_text, std::string_view new_text) {
  auto lost = defined_in(old_text);
  for (std::string_view name : defined_in(new_text)) lost.erase(name);
  std::vector<Misplaced> found;
  if (lost.empty()) return found;
  std::string_view before;
  for_each_word(new_text, [&](std::string_view word, int line) {
    if (lost.contains(word) && !only_asks(before) && found.size() < kMaxMisplaced) {
      found.push_back({line, "a macro whose definition is gone"});
    }
    before = word;
  });
  return found;
}

}  // namespace cromwell::workspace
