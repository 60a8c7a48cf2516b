// Script scopes: what encloses each node of JavaScript or TypeScript, as far as it decides what may
// stand there: functions, classes, loops, labels and private names. One tree, one thread.
#pragma once

#include <tree_sitter/api.h>

#include <string_view>
#include <unordered_set>
#include <vector>

namespace cromwell::workspace {

// What encloses a node.
struct ScriptScope {
  std::string_view parent;  // its type
  bool is_strict = false;
  bool is_top = false;  // of a file or a namespace
  bool in_function = false;
  bool is_async = false;
  bool is_generator = false;
  bool in_static_block = false;
  bool in_loop = false;
  bool in_switch = false;
  bool has_super = false;       // super.a
  bool has_super_call = false;  // super()
  bool is_derived = false;      // the body of a class that extends another
  int label = -1;               // the innermost one
  int names = -1;               // the private names of the innermost class
};

struct ScriptLabel {
  std::string_view name;
  bool is_loop;
  int outer;
};

class ScriptScopes {
 public:
  explicit ScriptScopes(std::string_view text) : text_(text) {}  // the tree's, outlives it

  // The scope of the children of `node`, which stands in `scope`.
  ScriptScope inside(TSNode node, const ScriptScope& scope);

  // The label around it that the statement names; null: there is none.
  const ScriptLabel* label_of(TSNode statement, const ScriptScope& scope) const;
  bool declares_private(std::string_view name, const ScriptScope& scope) const;

 private:
  struct PrivateNames {
    std::unordered_set<std::string_view> names;
    int outer;
  };

  void enter_function(TSNode node, const ScriptScope& scope, ScriptScope& inner) const;
  int add_class(TSNode body, const ScriptScope& scope);
  int add_label(TSNode statement, const ScriptScope& scope);

  std::string_view text_;
  std::vector<ScriptLabel> labels_;
  std::vector<PrivateNames> classes_;
};

}  // namespace cromwell::workspace
