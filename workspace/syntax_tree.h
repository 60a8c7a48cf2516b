// SyntaxTree: a text as tree-sitter parses it. The only code that makes parsers; what is read off a
// tree is in outline and syntax_errors. A tree is const after parse(); it refers to no text.
#pragma once

#include <tree_sitter/api.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "workspace/language.h"

namespace cromwell::workspace {

struct ParseLimits {
  std::size_t max_bytes = 1U << 20;
  std::chrono::milliseconds time{1'000};  // of one parse; a source of 1 MB takes 150 ms
  std::ptrdiff_t tree_bytes = 256 << 20;  // a source of 1 MB takes 40 MB. Looked at, with the time,
                                          // now and then: the worst text overshoots by a factor
};

class SyntaxTree {
 public:
  // None: there is no grammar, or the text is past a limit. A tree with errors is a tree.
  static std::optional<SyntaxTree> parse(std::string_view text, Grammar grammar,
                                         const ParseLimits& limits = {});

  TSNode root() const { return ts_tree_root_node(tree_.get()); }
  Grammar grammar() const { return grammar_; }

 private:
  struct Delete {
    void operator()(TSTree* tree) const { ts_tree_delete(tree); }
  };
  SyntaxTree(TSTree* tree, Grammar grammar) : tree_(tree), grammar_(grammar) {}

  std::unique_ptr<TSTree, Delete> tree_;
  Grammar grammar_;
};

// Each node of a tree in the order of the text, parents before children. Iterative, since a hostile
// text nests as deep as it is long.
class TreeWalk {
 public:
  explicit TreeWalk(TSNode root) : cursor_(ts_tree_cursor_new(root)) {}
  ~TreeWalk() { ts_tree_cursor_delete(&cursor_); }
  TreeWalk(const TreeWalk&) = delete;
  TreeWalk& operator=(const TreeWalk&) = delete;

  TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
  // The node that the current one is a child of; a null node at the root.
  TSNode parent() const;
  // False at the end. Without `into`, the current node's children are left out.
  bool next(bool into);

 private:
  TSTreeCursor cursor_;
};

}  // namespace cromwell::workspace
