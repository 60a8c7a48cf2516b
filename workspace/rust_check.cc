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

// A macro may be given any words, and 'static is a lifetime.
bool may_be_any_word(TSNode node) {
  if (type_of(ts_node_parent(node)) == "lifetime") return true;
  for (; !ts_node_is_null(node); node = ts_node_parent(node)) {
    const std::string_view type = type_of(node);
    if (type.starts_with("token_") || type.starts_with("macro_")) return true;
  }
  return false;
}

}  // namespace

std::string_view rust_fault(TSNode node, std::string_view text) {
  const std::string_view type = type_of(node);
  if (type != "identifier" && type != "type_identifier" && type != "field_identifier") return {};
  const bool is_out_of_place = is_keyword(text_of(node, text)) && !may_be_any_word(node);
  return is_out_of_place ? "a keyword out of place" : std::string_view();
}

}  // namespace cromwell::workspace
