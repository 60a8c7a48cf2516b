#include "workspace/redeclaration_check.h"

#include <algorithm>
#include <unordered_set>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

// `a` of `int a`, `*a`, `a[2]`; null where something else is declared, such as a function.
TSNode data_member(TSNode declarator) {
  while (type_of(declarator) == "pointer_declarator" || type_of(declarator) == "array_declarator") {
    declarator = field(declarator, "declarator");
    if (ts_node_is_null(declarator)) return declarator;
  }
  return type_of(declarator) == "field_identifier" ? declarator : TSNode{};
}

bool is_class_with_body(TSNode node) {
  const Type type = ts_node_is_null(node) ? Type() : type_of(node);
  const bool is_class =
      type == "class_specifier" || type == "struct_specifier" || type == "union_specifier";
  return is_class && !ts_node_is_null(field(node, "body"));
}

// The data members of a class, struct or union, and a class within itself.
void check_members(TSNode owner, std::string_view text, std::vector<int>& lines) {
  std::unordered_set<std::string_view> names;
  const TSNode own_name = field(owner, "name");
  for_each_child(field(owner, "body"), [&](TSNode member) {
    if (type_of(member) != "field_declaration") return;
    const TSNode type = field(member, "type");
    if (is_class_with_body(type) && !ts_node_is_null(own_name) &&
        text_of(field(type, "name"), text) == text_of(own_name, text)) {
      lines.push_back(line_of(type));
    }
    for_each_child(member, [&](TSNode part) {
      const TSNode name = data_member(part);
      if (ts_node_is_null(name)) return;
      if (!names.insert(text_of(name, text)).second) lines.push_back(line_of(name));
    });
  });
}

}  // namespace

std::vector<int> redeclared_lines(const SyntaxTree& tree, std::string_view text) {
  std::vector<int> lines;
  if (!is_c(tree.grammar())) return lines;
  TreeWalk walk(tree.root());
  do {
    const TSNode node = walk.node();
    // A grammar that was led astray takes what stands in functions for members.
    if (is_class_with_body(node) && !ts_node_has_error(node)) check_members(node, text, lines);
  } while (walk.next(true));
  return lines;
}

}  // namespace cromwell::workspace
