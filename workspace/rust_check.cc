#include "workspace/rust_check.h"

#include <algorithm>
#include <array>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

// Those that are names in no edition and stand for themselves nowhere.
bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 31> kKeywords = {
      "as",    "break", "const", "continue", "else", "enum",   "extern", "false",
      "fn",    "for",   "if",    "impl",     "in",   "let",    "loop",   "match",
      "mod",   "move",  "mut",   "pub",      "ref",  "return", "static", "struct",
      "trait", "true",  "type",  "unsafe",   "use",  "where",  "while"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

bool ends_in_braces(TSNode macro) {
  const TSNode given = ts_node_child(macro, ts_node_child_count(macro) - 1);
  const TSNode first = ts_node_child(given, 0);
  return !ts_node_is_null(first) && type_of(first) == "{";
}

// A macro may be given any words, and 'static is a lifetime.
bool may_be_any_word(TSNode node) {
  if (type_of(ts_node_parent(node)) == "lifetime") return true;
  for (; !ts_node_is_null(node); node = ts_node_parent(node)) {
    const std::string_view type = type_of(node);
    if (type.starts_with("token_") || type.starts_with("macro_")) return true;
  }
  return false;
}

// `m!(a)` and what follows it: only braces end a statement.
std::string_view block_fault(TSNode block) {
  bool is_open = false, goes_on = false;
  for_each_child(block, [&](TSNode child) {
    if (type_of(child) == ";" || type_of(child) == "empty_statement") is_open = false;
    if (!ts_node_is_named(child) || type_of(child).ends_with("comment")) return;
    goes_on = goes_on || is_open;
    is_open = type_of(child) == "macro_invocation" && !ends_in_braces(child);
  });
  return goes_on ? "a macro that lacks its \";\"" : std::string_view();
}

}  // namespace

std::string_view rust_fault(TSNode node, std::string_view text) {
  const std::string_view type = type_of(node);
  if (type == "block" || type == "source_file" || type == "declaration_list") {
    return block_fault(node);
  }
  if (type != "identifier" && type != "type_identifier" && type != "field_identifier") return {};
  const bool is_out_of_place = is_keyword(text_of(node, text)) && !may_be_any_word(node);
  return is_out_of_place ? "a keyword out of place" : std::string_view();
}

}  // namespace cromwell::workspace
