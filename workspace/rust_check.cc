#include "workspace/rust_check.h"

#include <algorithm>
#include <array>

namespace cromwell::workspace {
namespace {

// Strict and reserved in every edition; others are names in some.
bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 46> kKeywords = {
      "abstract", "as", "become", "box", "break", "const", "continue", "crate", "do", "else",
      "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let", "loop", "macro",
      "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
      "struct", "super", "trait", "true", "type", "typeof", "unsafe", "unsized", "use", "virtual",
      "where", "while", "yield"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

// A macro may be given any words.
bool is_in_macro(TSNode node) {
  for (; !ts_node_is_null(node); node = ts_node_parent(node)) {
    const std::string_view type = ts_node_type(node);
    if (type.starts_with("token_") || type.starts_with("macro_")) return true;
  }
  return false;
}

}  // namespace

std::string_view rust_fault(TSNode node, std::string_view text) {
  const std::string_view type = ts_node_type(node);
  if (type != "identifier" && type != "type_identifier" && type != "field_identifier") return {};
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  const std::string_view word = text.substr(begin, ts_node_end_byte(node) - begin);
  return is_keyword(word) && !is_in_macro(node) ? "a keyword out of place" : std::string_view();
}

}  // namespace cromwell::workspace
