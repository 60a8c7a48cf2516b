// SyntaxTree: a text as tree-sitter parses it. The only code that makes parsers; what is read off a
// tree is in outline and syntax_errors. A tree is const after parse(); it refers to no text.
#pragma once

#include <tree_sitter/api.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "workspace/language.h"
#include "workspace/parse_memory.h"

namespace cromwell::workspace {

struct ParseLimits {
  std::size_t max_bytes = 1U << 20;
  std::chrono::milliseconds time{1'000};  // of one parse; a source of 1 MB takes 150 ms
  bool is_threads_time = false;           // that the thread itself has run, however others keep it
  std::size_t tree_bytes = 256U << 20;    // of parser and tree; a source of 1 MB takes 20 to 45 MB,
                                          // numbers alone 230
};

class SyntaxTree {
 public:
  // None: there is no grammar, or the text is past a limit. A tree with errors is a tree.
  static std::optional<SyntaxTree> parse(std::string_view text, Grammar grammar,
                                         const ParseLimits& limits = {});

  TSNode root() const { return ts_tree_root_node(tree_); }
  Grammar grammar() const { return grammar_; }

 private:
  SyntaxTree(std::unique_ptr<ParseMemory> memory, const TSTree* tree, Grammar grammar)
      : memory_(std::move(memory)), tree_(tree), grammar_(grammar) {}

  std::unique_ptr<ParseMemory> memory_;
  const TSTree* tree_;  // goes with its memory
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
