#include "workspace/script_check.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "workspace/one_of.h"
#include "workspace/regex_check.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;  // empty: none

Type type_or_none(TSNode node) { return ts_node_is_null(node) ? Type() : type_of(node); }

TSNode without_parentheses(TSNode node) {
  while (type_or_none(node) == "parenthesized_expression") node = ts_node_named_child(node, 0);
  return node;
}

// --- Declarations.

bool is_pattern(TSNode node) {
  return type_of(node) == "object_pattern" || type_of(node) == "array_pattern";
}

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

// `...a` must be the last.
Fault rest_fault(TSNode list, std::string_view /*text*/) {
  bool has_rest = false, goes_on = false;
  for_each_child(list, [&](TSNode child) {
    const Type type = type_of(child);
    goes_on = goes_on || (has_rest && type == ",");
    const TSNode pattern = field(child, "pattern");
    has_rest = has_rest || type == "rest_pattern" || type_or_none(pattern) == "rest_pattern";
  });
  return goes_on ? "\"...\" that is not the last" : Fault();
}

Fault parameters_fault(TSNode list, std::string_view text) {
  Fault fault;
  for_each_child(list, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "member_expression" || type == "subscript_expression") {
      fault = "a value where a name is expected";
    }
  });
  return fault.empty() ? rest_fault(list, text) : fault;
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
  return {};
}

// --- Expressions.

// Binds less than any operator: as an operand it needs parentheses.
bool is_no_operand(TSNode node) {
  static constexpr std::array<Type, 4> kTypes = {"assignment_expression",
                                                 "augmented_assignment_expression",
                                                 "arrow_function", "yield_expression"};
  return is_one_of(kTypes, type_or_none(node));
}

bool is_operation(TSNode node, std::string_view text, std::initializer_list<Type> operators) {
  if (type_or_none(node) != "binary_expression") return false;
  const std::string_view found = text_of(field(node, "operator"), text);
  return std::find(operators.begin(), operators.end(), found) != operators.end();
}

Fault binary_fault(TSNode node, std::string_view text) {
  const TSNode left = field(node, "left"), right = field(node, "right");
  if (is_no_operand(left) || is_no_operand(right)) return "an operand that needs parentheses";
  const std::string_view sign = text_of(field(node, "operator"), text);
  if (sign == "**" && type_or_none(left) == "unary_expression") {
    return "an operand that needs parentheses";
  }
  const bool mixes =
      sign == "??"
          ? is_operation(left, text, {"||", "&&"}) || is_operation(right, text, {"||", "&&"})
          : (sign == "||" || sign == "&&") &&
                (is_operation(left, text, {"??"}) || is_operation(right, text, {"??"}));
  return mixes ? "\"??\" with \"||\" or \"&&\" and no parentheses" : Fault();
}

Fault unary_fault(TSNode node, std::string_view text) {
  const TSNode argument = field(node, "argument");
  if (is_no_operand(argument)) return "an operand that needs parentheses";
  const TSNode property =
      type_or_none(argument) == "member_expression" ? field(argument, "property") : TSNode{};
  const bool is_private = type_or_none(property) == "private_property_identifier";
  return is_private && text_of(field(node, "operator"), text) == "delete"
             ? "delete of a private name"
             : Fault();
}

Fault await_fault(TSNode node, std::string_view /*text*/) {
  return is_no_operand(ts_node_named_child(node, 0)) ? "an operand that needs parentheses"
                                                     : Fault();
}

bool has_optional_chain(TSNode node) {
  static constexpr std::array<Type, 3> kLinks = {"member_expression", "subscript_expression",
                                                 "call_expression"};
  while (is_one_of(kLinks, type_or_none(node))) {
    if (!ts_node_is_null(field(node, "optional_chain"))) return true;
    node = field(node, type_of(node) == "call_expression" ? "function" : "object");
  }
  return false;
}

// What may be assigned. Parentheses around `[a]` make a value of it. TypeScript says more of the
// type of what is assigned: `(a as B) = c`, `a! = c`.
bool is_assignable(TSNode target) {
  static constexpr std::array<Type, 13> kTargets = {"identifier",
                                                    "member_expression",
                                                    "subscript_expression",
                                                    "undefined",
                                                    "call_expression",
                                                    "non_null_expression",
                                                    "as_expression",
                                                    "satisfies_expression",
                                                    "type_assertion",
                                                    "object_pattern",
                                                    "array_pattern",
                                                    "ERROR",
                                                    ""};
  const TSNode inner = without_parentheses(target);
  if (!is_one_of(kTargets, type_or_none(inner))) return false;
  if (type_or_none(target) == "parenthesized_expression" && is_pattern(inner)) return false;
  return !has_optional_chain(inner);
}

Fault assignment_fault(TSNode node, std::string_view /*text*/) {
  return is_assignable(field(node, "left")) ? Fault() : "an assignment to a value";
}

Fault update_fault(TSNode node, std::string_view /*text*/) {
  const TSNode argument = field(node, "argument");
  return is_assignable(argument) && !is_pattern(without_parentheses(argument))
             ? Fault()
             : "an assignment to a value";
}

bool has_hole(TSNode list) {
  bool after_comma = true, found = false;
  for_each_child(list, [&](TSNode child) {
    const bool is_comma = type_of(child) == ",";
    found = found || (is_comma && after_comma);
    if (type_of(child) != "comment") after_comma = is_comma || type_of(child) == "(";
    if (type_of(child) == "{") after_comma = true;
  });
  return found;
}

Fault list_fault(TSNode list, std::string_view /*text*/) {
  return has_hole(list) ? "a comma with nothing before it" : Fault();
}

Fault object_fault(TSNode object, std::string_view text) {
  int prototypes = 0;
  for_each_child(object, [&](TSNode child) {
    if (type_of(child) != "pair") return;
    const std::string_view key = text_of(field(child, "key"), text);
    prototypes += key == "__proto__" || key == "\"__proto__\"" || key == "'__proto__'";
  });
  return prototypes > 1 ? "a second __proto__" : list_fault(object, text);
}

Fault object_pattern_fault(TSNode pattern, std::string_view text) {
  const Fault fault = list_fault(pattern, text);
  return fault.empty() ? rest_fault(pattern, text) : fault;
}

Fault call_fault(TSNode node, std::string_view /*text*/) {
  const TSNode function = field(node, "function"), arguments = field(node, "arguments");
  if (type_or_none(function) == "arrow_function") return "an operand that needs parentheses";
  if (type_or_none(arguments) == "template_string" && has_optional_chain(function)) {
    return "a template behind \"?.\"";
  }
  const bool is_empty_import = type_or_none(function) == "import" && !ts_node_is_null(arguments) &&
                               ts_node_named_child_count(arguments) == 0;
  return is_empty_import ? "import() of nothing" : Fault();
}

Fault member_fault(TSNode node, std::string_view /*text*/) {
  return type_or_none(field(node, "object")) == "arrow_function"
             ? "an operand that needs parentheses"
             : Fault();
}

Fault new_fault(TSNode node, std::string_view /*text*/) {
  const TSNode constructor = field(node, "constructor");
  const bool is_import = type_or_none(constructor) == "call_expression" &&
                         type_or_none(field(constructor, "function")) == "import";
  return is_import || has_optional_chain(constructor) ? "new of what it cannot make" : Fault();
}

Fault regex_fault(TSNode node, std::string_view text) {
  return regex_fault_in(text_of(field(node, "pattern"), text), text_of(field(node, "flags"), text));
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

}  // namespace

std::string_view script_fault(TSNode node, std::string_view text) {
  static const std::unordered_map<Type, Fault (*)(TSNode, std::string_view)> kFaults = {
      {"lexical_declaration", variables_fault},
      {"variable_declaration", variables_fault},
      {"formal_parameters", parameters_fault},
      {"array_pattern", rest_fault},
      {"object_pattern", object_pattern_fault},
      {"object", object_fault},
      {"arguments", list_fault},
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
      {"expression_statement", statement_fault},
      {"binary_expression", binary_fault},
      {"unary_expression", unary_fault},
      {"await_expression", await_fault},
      {"assignment_expression", assignment_fault},
      {"augmented_assignment_expression", assignment_fault},
      {"update_expression", update_fault},
      {"call_expression", call_fault},
      {"member_expression", member_fault},
      {"new_expression", new_fault},
      {"regex", regex_fault},
      {"method_definition", method_fault},
      {"class_body", class_fault}};
  if (!ts_node_is_named(node)) return {};
  const auto known = kFaults.find(type_of(node));
  return known == kFaults.end() ? Fault() : known->second(node, text);
}

}  // namespace cromwell::workspace
