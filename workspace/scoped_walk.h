// Scoped walk: each node of a tree with what encloses it, parents before children. Iterative, since
// a hostile text nests as deep as it is long. Pure.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>
#include <vector>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {

// `visit(node, field, scope)` returns the scope of the node's children. `field`: the name that the
// parent gives the node; empty if none. A Scope is small: there are as many as the tree is deep.
template <class Scope, class Visit>
void scoped_walk(TSNode root, Scope outermost, Visit visit) {
  std::vector<Scope> scopes{outermost};
  TSTreeCursor cursor = ts_tree_cursor_new(root);
  for (bool more = true; more;) {
    const char* const name = ts_tree_cursor_current_field_name(&cursor);
    const Scope inner =
        visit(ts_tree_cursor_current_node(&cursor),
              name == nullptr ? std::string_view() : std::string_view(name), scopes.back());
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      scopes.push_back(inner);
      continue;
    }
    while (more && !ts_tree_cursor_goto_next_sibling(&cursor)) {
      more = ts_tree_cursor_goto_parent(&cursor);
      if (more) scopes.pop_back();
    }
  }
  ts_tree_cursor_delete(&cursor);
}

}  // namespace cromwell::workspace
