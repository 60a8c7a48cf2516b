#include "workspace/head_check.h"

#include <algorithm>
#include <string_view>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

// In the order in which they must come.
enum class Part { kNone, kPackage, kImport, kBody };

bool is_docstring(TSNode node) {
  return Type(ts_node_type(node)) == "expression_statement" &&
         ts_node_named_child_count(node) == 1 &&
         Type(ts_node_type(ts_node_named_child(node, 0))) == "string";
}

// kNone: it may stand anywhere. `reached`: the part of what comes before it.
Part part_of(TSNode node, Grammar grammar, Part reached) {
  const Type type = ts_node_type(node);
  if (type.ends_with("comment") || ts_node_is_error(node)) return Part::kNone;
  if (grammar == Grammar::kPython) {
    if (reached == Part::kNone && is_docstring(node)) return Part::kNone;
    return type == "future_import_statement" ? Part::kImport : Part::kBody;
  }
  if (type == "package_clause" || type == "package_declaration") return Part::kPackage;
  return type == "import_declaration" ? Part::kImport : Part::kBody;
}

}  // namespace

std::vector<Misplaced> misplaced_heads(const SyntaxTree& tree) {
  std::vector<Misplaced> found;
  const Grammar grammar = tree.grammar();
  if (grammar != Grammar::kGo && grammar != Grammar::kJava && grammar != Grammar::kPython) {
    return found;
  }
  Part reached = Part::kNone;
  bool has_package = false;
  TreeWalk walk(tree.root());
  for (bool more = walk.next(true); more; more = walk.next(false)) {
    const TSNode node = walk.node();
    if (!ts_node_is_named(node)) continue;
    const Part part = part_of(node, grammar, reached);
    const int line = line_of(node);
    if (part == Part::kPackage && reached != Part::kNone) {
      found.push_back({line, "a package that is not the first"});
    } else if (part == Part::kImport && reached == Part::kBody) {
      found.push_back({line, "an import that must stand before"});
    }
    has_package = has_package || part == Part::kPackage;
    reached = std::max(reached, part);
  }
  if (grammar == Grammar::kGo && reached != Part::kNone && !has_package) {
    found.push_back({1, "no package clause"});
  }
  if (found.size() > kMaxMisplaced) found.resize(kMaxMisplaced);
  return found;
}

}  // namespace cromwell::workspace
