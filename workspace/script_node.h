// Script nodes: what nodes of JavaScript and TypeScript have in common. Pure.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "workspace/one_of.h"
#include "workspace/syntax_node.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

// Of a null node empty.
inline std::string_view type_or_none(TSNode node) {
  return ts_node_is_null(node) ? std::string_view() : type_of(node);
}

inline bool is_pattern(TSNode node) {
  return type_of(node) == "object_pattern" || type_of(node) == "array_pattern";
}

inline bool is_script_function(std::string_view type) {
  static constexpr std::array<std::string_view, 7> kFunctions = {
      "function_declaration", "function_expression", "arrow_function",
      "method_definition",    "generator_function",  "generator_function_declaration",
      "class_static_block"};
  return is_one_of(kFunctions, type);
}

inline bool is_module(TSNode program) {
  bool found = false;
  for_each_child(program, [&](TSNode child) {
    found = found || type_of(child) == "import_statement" || type_of(child) == "export_statement";
  });
  return found;
}

// Whether "use strict" stands before all other statements of a program or a function's body.
inline bool has_strict_directive(TSNode body, std::string_view text) {
  const uint32_t count = ts_node_named_child_count(body);
  for (uint32_t i = 0; i < count; ++i) {
    const TSNode statement = ts_node_named_child(body, i);
    if (type_of(statement) == "comment" || type_of(statement) == "hash_bang_line") continue;
    if (type_of(statement) != "expression_statement") return false;
    const TSNode first = ts_node_named_child(statement, 0);
    if (ts_node_is_null(first) || type_of(first) != "string") return false;
    const std::string_view found = text_of(first, text);
    if (found.size() > 2 && found.substr(1, found.size() - 2) == "use strict") return true;
  }
  return false;
}

// The identifiers that a pattern binds: `a`, and those in `{b, c: [d], ...e}`. What stands for a
// default binds nothing.
template <class Visit>
void for_each_bound_name(TSNode pattern, Visit visit) {
  std::vector<TSNode> open{pattern};
  while (!open.empty()) {
    const TSNode node = open.back();
    open.pop_back();
    if (ts_node_is_null(node)) continue;
    const std::string_view type = type_of(node);
    if (type == "identifier" || type == "shorthand_property_identifier_pattern") {
      visit(node);
    } else if (type == "pair_pattern") {
      open.push_back(field(node, "value"));
    } else if (type == "assignment_pattern" || type == "object_assignment_pattern") {
      open.push_back(field(node, "left"));
    } else if (type == "required_parameter" || type == "optional_parameter") {
      open.push_back(field(node, "pattern"));
    } else if (type == "object_pattern" || type == "array_pattern" || type == "rest_pattern" ||
               type == "formal_parameters") {
      for_each_child(node, [&](TSNode child) { open.push_back(child); });
    }
  }
}

}  // namespace cromwell::workspace
