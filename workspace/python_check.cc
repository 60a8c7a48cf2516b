#include "workspace/python_check.h"

#include <algorithm>
#include <array>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

// Words that are never names: tree-sitter reads "finally:" out of place as a name with a type.
bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 33> kKeywords = {
      "False", "None",   "True", "and",   "as",     "assert",   "break", "class", "continue",
      "def",   "del",    "elif", "else",  "except", "finally",  "for",   "from",  "global",
      "if",    "import", "in",   "is",    "lambda", "nonlocal", "not",   "or",    "pass",
      "raise", "return", "try",  "while", "with",   "yield"};
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

bool begins_line(TSNode node, std::string_view text) {
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  const std::size_t indent = text.substr(0, begin).find_last_not_of(" \t\f");
  return indent == std::string_view::npos || text[indent] == '\n';
}

bool is_empty(TSNode block) {
  const uint32_t children = ts_node_named_child_count(block);
  for (uint32_t i = 0; i < children; ++i) {
    if (std::string_view(ts_node_type(ts_node_named_child(block, i))) != "comment") return false;
  }
  return true;
}

// Statements of one block that do not stand in one column.
bool has_odd_indent(TSNode block, std::string_view text) {
  const uint32_t none = static_cast<uint32_t>(-1);
  uint32_t column = none;
  TSTreeCursor cursor = ts_tree_cursor_new(block);
  bool odd = false;
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more && !odd;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    if (!ts_node_is_named(node) || std::string_view(ts_node_type(node)) == "comment") continue;
    if (!begins_line(node, text)) continue;
    const uint32_t found = ts_node_start_point(node).column;
    odd = column != none && found != column;
    column = found;
  }
  ts_tree_cursor_delete(&cursor);
  return odd;
}

// `del f()`: what a name does not lead to cannot be deleted, and `as f()` names nothing.
bool holds_no_target(TSNode node) {
  constexpr std::array<std::string_view, 12> kValues = {
      "call", "integer",         "float", "string", "true",           "false",
      "none", "binary_operator", "await", "lambda", "unary_operator", "comparison_operator"};
  const uint32_t children = ts_node_named_child_count(node);
  for (uint32_t i = 0; i < children; ++i) {
    const TSNode child = ts_node_named_child(node, i);
    const std::string_view type = ts_node_type(child);
    if (std::find(kValues.begin(), kValues.end(), type) != kValues.end()) return true;
    if (type == "expression_list" && holds_no_target(child)) return true;
  }
  return false;
}

}  // namespace

std::string_view python_fault(TSNode node, std::string_view text) {
  const std::string_view type = type_of(node);
  if (type == "identifier") {
    return is_keyword(text_of(node, text)) ? "a keyword out of place" : std::string_view();
  }
  if (type == "delete_statement" || type == "as_pattern_target") {
    return holds_no_target(node) ? "a value where a name is expected" : std::string_view();
  }
  if (type != "block" && type != "module") return {};
  if (type == "block" && is_empty(node)) return "expected an indented block";
  return has_odd_indent(node, text) ? "unexpected indentation" : std::string_view();
}

}  // namespace cromwell::workspace
