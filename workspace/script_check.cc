#include "workspace/script_check.h"

#include <array>
#include <unordered_map>

#include "workspace/one_of.h"
#include "workspace/script_block.h"
#include "workspace/script_expression.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;  // empty: none

// --- Declarations.

// With a type it may be a declaration of what is elsewhere: `declare const a: string`.
Fault variables_fault(TSNode declaration, std::string_view text) {
  const TSNode kind = field(declaration, "kind");
  const bool is_const = !ts_node_is_null(kind) && type_of(kind) == "const";
  Fault fault;
  for_each_child(declaration, [&](TSNode child) {
    if (type_of(child) != "variable_declarator") return;
    const TSNode name = field(child, "name");
    if (ts_node_is_null(name)) return;
    const bool has_value = !ts_node_is_null(field(child, "value"));
    const bool has_type = !ts_node_is_null(field(child, "type"));
    if (!has_value && !has_type && (is_const || is_pattern(name))) {
      fault = "a declaration without its value";
    }
    if (!ts_node_is_null(kind) && text_of(name, text) == "let") fault = "let as a name";
  });
  return fault;
}

Fault for_in_fault(TSNode loop, std::string_view text) {
  const bool has_value = !ts_node_is_null(field(loop, "value"));
  const TSNode kind = field(loop, "kind");
  if (has_value && text_of(field(loop, "operator"), text) == "of") {
    return "a loop's variable with a value";
  }
  return !ts_node_is_null(kind) && type_of(kind) != "var" &&
                 text_of(field(loop, "left"), text) == "let"
             ? "let as a name"
             : Fault();
}

Fault parameters_fault(TSNode list, std::string_view /*text*/) {
  Fault fault;
  for_each_child(list, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "member_expression" || type == "subscript_expression") {
      fault = "a value where a name is expected";
    }
  });
  return fault;
}

// --- Statements.

Fault try_fault(TSNode statement, std::string_view /*text*/) {
  const bool is_whole = !ts_node_is_null(field(statement, "handler")) ||
                        !ts_node_is_null(field(statement, "finalizer"));
  return is_whole ? Fault() : "try without catch or finally";
}

Fault switch_fault(TSNode body, std::string_view /*text*/) {
  int defaults = 0;
  for_each_child(body, [&](TSNode child) { defaults += type_of(child) == "switch_default"; });
  return defaults > 1 ? "a second default" : Fault();
}

bool is_lone_function(TSNode node) {
  return type_of(node) == "function_declaration" && !has_word(node, "async");
}

// A declaration needs a block around it: `if (a) let b = 1`.
Fault sole_statement_fault(TSNode body, bool may_be_function) {
  static constexpr std::array<Type, 4> kDeclarations = {"lexical_declaration", "class_declaration",
                                                        "generator_function_declaration",
                                                        "function_declaration"};
  if (ts_node_is_null(body) || !is_one_of(kDeclarations, type_of(body))) return {};
  return may_be_function && is_lone_function(body) ? Fault() : "a declaration without a block";
}

Fault if_fault(TSNode statement, std::string_view /*text*/) {
  return sole_statement_fault(field(statement, "consequence"), true);
}

Fault else_fault(TSNode clause, std::string_view /*text*/) {
  Fault fault;
  for_each_child(clause, [&](TSNode child) {
    if (fault.empty()) fault = sole_statement_fault(child, true);
  });
  return fault;
}

Fault label_fault(TSNode statement, std::string_view /*text*/) {
  return sole_statement_fault(field(statement, "body"), true);
}

Fault loop_fault(TSNode loop, std::string_view text) {
  const Fault fault = sole_statement_fault(field(loop, "body"), false);
  return fault.empty() && type_of(loop) == "for_in_statement" ? for_in_fault(loop, text) : fault;
}

Fault arrow_fault(TSNode function, std::string_view /*text*/) {
  const TSNode body = field(function, "body");
  return type_or_none(body) == "object" ? block_fault(body) : Fault();
}

// `function () {}` and `class {}` where a statement begins: they lack their name.
Fault statement_fault(TSNode statement, std::string_view /*text*/) {
  static constexpr std::array<Type, 3> kNeedName = {"function_expression", "generator_function",
                                                    "class"};
  for (TSNode node = ts_node_child(statement, 0); !ts_node_is_null(node);
       node = ts_node_child(node, 0)) {
    if (ts_node_is_named(node) && is_one_of(kNeedName, type_of(node))) {
      return "a function or class without a name";
    }
  }
  const TSNode expression = ts_node_named_child(statement, 0);
  return type_or_none(expression) == "object" ? block_fault(expression) : Fault();
}

// --- Classes.

int parameters_of(TSNode method) {
  int count = 0;
  for_each_child(field(method, "parameters"), [&](TSNode child) {
    count += ts_node_is_named(child) && type_of(child) != "comment";
  });
  return count;
}

Fault method_fault(TSNode method, std::string_view text) {
  if (ts_node_is_null(field(method, "parameters"))) return {};
  const bool is_getter = has_word(method, "get"), is_setter = has_word(method, "set");
  const std::string_view parameters = text_of(field(method, "parameters"), text);
  const bool has_this = parameters.find("this") != std::string_view::npos;  // of TypeScript
  if (is_getter && parameters_of(method) > 0 && !has_this) return "a getter with parameters";
  if (is_setter && parameters_of(method) != 1 && !has_this) return "a setter takes one value";
  return (is_getter || is_setter) && has_word(method, "async") ? "an accessor that is async"
                                                               : Fault();
}

bool is_named(TSNode member, std::string_view text, std::string_view name) {
  const TSNode node = field(member, type_of(member) == "field_definition" ? "property" : "name");
  const Type type = type_or_none(node);
  if (type == "string")
    return text_of(node, text).find(name) == 1 && text_of(node, text).size() == name.size() + 2;
  return type == "property_identifier" && text_of(node, text) == name;
}

bool is_special_method(TSNode method) {
  return has_word(method, "get") || has_word(method, "set") || has_word(method, "async") ||
         has_word(method, "*");
}

Fault class_fault(TSNode body, std::string_view text) {
  int constructors = 0;
  Fault fault;
  for_each_child(body, [&](TSNode member) {
    const bool is_method = type_of(member) == "method_definition";
    const bool is_field = type_of(member).ends_with("field_definition");
    if (!is_method && !is_field) return;
    if (has_word(member, "static")) {
      if (is_named(member, text, "prototype")) fault = "a static member named prototype";
      return;
    }
    if (!is_named(member, text, "constructor")) return;
    if (is_field || is_special_method(member)) fault = "a constructor that is none";
    if (is_method && ++constructors > 1) fault = "a second constructor";
  });
  return fault;
}

// Of an interface or a type: `{ async f(): void }`.
Fault type_members_fault(TSNode body, std::string_view /*text*/) {
  Fault fault;
  for_each_child(body, [&](TSNode member) {
    if (type_of(member) != "method_signature" && type_of(member) != "property_signature") return;
    const bool has_modifier = type_or_none(ts_node_child(member, 0)).ends_with("_modifier");
    if (has_modifier || has_word(member, "async") || has_word(member, "static")) {
      fault = "a modifier that no member of a type has";
    }
  });
  return fault;
}

}  // namespace

std::string_view script_fault(TSNode node, std::string_view text) {
  static const std::unordered_map<Type, Fault (*)(TSNode, std::string_view)> kFaults = {
      {"lexical_declaration", variables_fault},
      {"variable_declaration", variables_fault},
      {"formal_parameters", parameters_fault},
      {"try_statement", try_fault},
      {"switch_body", switch_fault},
      {"if_statement", if_fault},
      {"else_clause", else_fault},
      {"labeled_statement", label_fault},
      {"for_statement", loop_fault},
      {"for_in_statement", loop_fault},
      {"while_statement", loop_fault},
      {"do_statement", loop_fault},
      {"with_statement", loop_fault},
      {"arrow_function", arrow_fault},
      {"expression_statement", statement_fault},
      {"method_definition", method_fault},
      {"class_body", class_fault},
      {"interface_body", type_members_fault},
      {"object_type", type_members_fault}};
  if (!ts_node_is_named(node)) return {};
  const auto known = kFaults.find(type_of(node));
  const Fault fault = known == kFaults.end() ? Fault() : known->second(node, text);
  return fault.empty() ? script_expression_fault(node, text) : fault;
}

}  // namespace cromwell::workspace
