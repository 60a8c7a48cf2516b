// Syntax nodes: small helpers on tree-sitter's nodes. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace cromwell::workspace {

inline std::string_view type_of(TSNode node) { return ts_node_type(node); }

inline int line_of(TSNode node) { return static_cast<int>(ts_node_start_point(node).row) + 1; }

// A null node where it has no such field.
inline TSNode field(TSNode node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<uint32_t>(name.size()));
}

// Of a null node nothing.
inline std::string_view text_of(TSNode node, std::string_view text) {
  if (ts_node_is_null(node)) return {};
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  return text.substr(begin, ts_node_end_byte(node) - begin);
}

// Whether one of the words before its name or its parameters is `word`: "async", "static", "get".
inline bool has_word(TSNode node, std::string_view word) {
  constexpr uint32_t kWords = 8;
  const uint32_t count = std::min(ts_node_child_count(node), kWords);
  for (uint32_t i = 0; i < count; ++i) {
    const TSNode child = ts_node_child(node, i);
    if (type_of(child) == word && !ts_node_is_named(child)) return true;
  }
  return false;
}

// Of a null node none.
template <class Visit>
void for_each_child(TSNode node, Visit visit) {
  if (ts_node_is_null(node)) return;
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    visit(ts_tree_cursor_current_node(&cursor));
  }
  ts_tree_cursor_delete(&cursor);
}

// Whether is_known(escape) of each escape in a literal, which begins with its backslash.
// `is_one_piece`: the grammar does not tell it from the rest, and it is the only one.
template <class IsKnown>
bool has_known_escapes(TSNode literal, bool is_one_piece, std::string_view text, IsKnown is_known) {
  if (is_one_piece) {
    const std::string_view found = text_of(literal, text);
    const std::size_t escape = found.find('\\');
    return escape == std::string_view::npos || is_known(found.substr(escape));
  }
  bool are_known = true;
  for_each_child(literal, [&](TSNode child) {
    if (type_of(child) != "escape_sequence") return;
    are_known = are_known && is_known(text_of(child, text));
  });
  return are_known;
}

}  // namespace cromwell::workspace
