#include "workspace/python_lines.h"

#include <unordered_set>

#include "workspace/scoped_walk.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

struct Where {
  bool in_brackets = false;
};

// What stands in one line, but for brackets.
bool is_of_one_line(Type type) {
  static const std::unordered_set<Type> kTypes = {"assert_statement",
                                                  "assignment",
                                                  "attribute",
                                                  "augmented_assignment",
                                                  "await",
                                                  "binary_operator",
                                                  "boolean_operator",
                                                  "call",
                                                  "chevron",
                                                  "comparison_operator",
                                                  "delete_statement",
                                                  "conditional_expression",
                                                  "expression_list",
                                                  "import_statement",
                                                  "lambda",
                                                  "named_expression",
                                                  "not_operator",
                                                  "pattern_list",
                                                  "raise_statement",
                                                  "return_statement",
                                                  "unary_operator",
                                                  "yield"};
  return kTypes.contains(type);
}

bool opens_brackets(TSNode node) {
  if (type_of(node) == "subscript" || type_of(node) == "string") return true;
  const TSNode first = ts_node_child(node, 0);
  if (ts_node_is_null(first) || ts_node_is_named(first)) return false;
  const Type type = type_of(first);
  return type == "(" || type == "[" || type == "{";
}

bool is_broken(TSNode node, std::string_view text) {
  bool is_first = true, found = false;
  std::size_t end = 0;
  uint32_t row = 0;
  for_each_child(node, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "comment" || type == "line_continuation") return;
    const std::size_t begin = ts_node_start_byte(child);
    if (!is_first && ts_node_start_point(child).row > row && begin <= text.size()) {
      found = found || text.substr(end, begin - end).find('\\') == std::string_view::npos;
    }
    is_first = false;
    end = ts_node_end_byte(child);
    row = ts_node_end_point(child).row;
  });
  return found;
}

}  // namespace

std::vector<Misplaced> broken_lines(const SyntaxTree& tree, std::string_view text) {
  std::vector<Misplaced> found;
  if (tree.grammar() != Grammar::kPython) return found;
  scoped_walk(tree.root(), Where{}, [&](TSNode node, Type /*field*/, const Where& where) {
    const bool may_break = where.in_brackets || !is_of_one_line(type_of(node));
    if (!may_break && found.size() < kMaxMisplaced && is_broken(node, text)) {
      found.push_back({line_of(node), "a line that ends too early"});
    }
    return Where{.in_brackets = where.in_brackets || opens_brackets(node)};
  });
  return found;
}

}  // namespace cromwell::workspace
