#include "workspace/rust_check.h"

#include <algorithm>
#include <array>

namespace cromwell::workspace {
namespace {

// Those that are names in no edition and stand for themselves nowhere.
bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 31> kKeywords = {
      "as", "break", "const", "continue", "else", "enum", "extern", "false", "fn", "for", "if",
      "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static",
      "struct", "trait", "true", "type", "unsafe", "use", "where", "while"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

// A macro may be given any words, and 'static is a lifetime.
bool may_be_any_word(TSNode node) {
  if (std::string_view(ts_node_type(ts_node_parent(node))) == "lifetime") return true;
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
  return is_keyword(word) && !may_be_any_word(node) ? "a keyword out of place" : std::string_view();
}

}  // namespace cromwell::workspace
