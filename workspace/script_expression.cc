#include "workspace/script_expression.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_map>

#include "workspace/one_of.h"
#include "workspace/regex_check.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;  // empty: none

TSNode without_parentheses(TSNode node) {
  while (type_or_none(node) == "parenthesized_expression") node = ts_node_named_child(node, 0);
  return node;
}

// --- Operators.

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

// --- Assignments.

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

// --- Lists and patterns.

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

// --- Calls and members.

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

}  // namespace

std::string_view script_expression_fault(TSNode node, std::string_view text) {
  static const std::unordered_map<Type, Fault (*)(TSNode, std::string_view)> kFaults = {
      {"formal_parameters", rest_fault},
      {"array_pattern", rest_fault},
      {"object_pattern", object_pattern_fault},
      {"object", object_fault},
      {"arguments", list_fault},
      {"binary_expression", binary_fault},
      {"unary_expression", unary_fault},
      {"await_expression", await_fault},
      {"assignment_expression", assignment_fault},
      {"augmented_assignment_expression", assignment_fault},
      {"update_expression", update_fault},
      {"call_expression", call_fault},
      {"member_expression", member_fault},
      {"new_expression", new_fault},
      {"regex", regex_fault}};
  const auto known = kFaults.find(type_of(node));
  return known == kFaults.end() ? Fault() : known->second(node, text);
}

}  // namespace cromwell::workspace
