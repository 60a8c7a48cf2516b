#include "workspace/redeclaration_check.h"

#include <algorithm>
#include <unordered_map>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

// The names of one block; whether one of them may be declared again.
class Names {
 public:
  Names(std::string_view text, std::vector<int>& lines) : text_(text), lines_(lines) {}

  void declare(TSNode identifier, bool is_lexical) {
    const auto [known, is_new] = lexical_.try_emplace(text_of(identifier, text_), is_lexical);
    if (!is_new && (known->second || is_lexical)) {
      lines_.push_back(line_of(identifier));
    }
    known->second = known->second || is_lexical;
  }

 private:
  std::string_view text_;
  std::vector<int>& lines_;
  std::unordered_map<std::string_view, bool> lexical_;
};

// `a`, and the names in `{b, c: [d], ...e}`. What stands for a default is no name.
void declare_pattern(TSNode pattern, bool is_lexical, Names& names) {
  std::vector<TSNode> open{pattern};
  while (!open.empty()) {
    const TSNode node = open.back();
    open.pop_back();
    if (ts_node_is_null(node)) continue;
    const Type type = type_of(node);
    if (type == "identifier" || type == "shorthand_property_identifier_pattern") {
      names.declare(node, is_lexical);
    } else if (type == "pair_pattern") {
      open.push_back(field(node, "value"));
    } else if (type == "assignment_pattern" || type == "object_assignment_pattern") {
      open.push_back(field(node, "left"));
    } else if (type == "object_pattern" || type == "array_pattern" || type == "rest_pattern") {
      for_each_child(node, [&](TSNode child) { open.push_back(child); });
    }
  }
}

void declare_statement(TSNode statement, Names& names) {
  if (type_of(statement) == "export_statement") statement = field(statement, "declaration");
  if (ts_node_is_null(statement)) return;
  const Type type = type_of(statement);
  const bool is_lexical = type == "lexical_declaration";
  if (is_lexical || type == "variable_declaration") {
    for_each_child(statement, [&](TSNode child) {
      if (type_of(child) == "variable_declarator") {
        declare_pattern(field(child, "name"), is_lexical, names);
      }
    });
  } else if (type == "class_declaration") {
    const TSNode name = field(statement, "name");
    if (!ts_node_is_null(name)) names.declare(name, true);
  } else if (type == "function_declaration") {
    const TSNode name = field(statement, "name");
    if (!ts_node_is_null(name)) names.declare(name, false);
  }
}

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
  Names names(text, lines);
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
      if (!ts_node_is_null(name)) names.declare(name, true);
    });
  });
}

void check_block(TSNode block, std::string_view text, std::vector<int>& lines) {
  Names names(text, lines);
  for_each_child(block, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "switch_case" || type == "switch_default") {
      for_each_child(child, [&](TSNode statement) { declare_statement(statement, names); });
    } else {
      declare_statement(child, names);
    }
  });
}

}  // namespace

std::vector<int> redeclared_lines(const SyntaxTree& tree, std::string_view text) {
  std::vector<int> lines;
  const Grammar grammar = tree.grammar();
  const bool is_c = grammar == Grammar::kC || grammar == Grammar::kCpp;
  const bool is_script = grammar == Grammar::kJavaScript || grammar == Grammar::kTypeScript ||
                         grammar == Grammar::kTsx;
  if (!is_c && !is_script) return lines;
  TreeWalk walk(tree.root());
  do {
    const TSNode node = walk.node();
    if (is_c) {
      // A grammar that was led astray takes what stands in functions for members.
      if (is_class_with_body(node) && !ts_node_has_error(node)) check_members(node, text, lines);
      continue;
    }
    const Type type = type_of(node);
    if (type == "program" || type == "statement_block" || type == "switch_body") {
      check_block(node, text, lines);
    }
  } while (walk.next(true));
  return lines;
}

}  // namespace cromwell::workspace
