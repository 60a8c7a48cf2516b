#include "workspace/python_check.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "workspace/one_of.h"
#include "workspace/python_lists.h"
#include "workspace/python_literals.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;  // empty: none

bool has_type(TSNode node, std::initializer_list<Type> types) {
  return !ts_node_is_null(node) &&
         std::find(types.begin(), types.end(), type_of(node)) != types.end();
}

// Words that are never names: tree-sitter reads "finally:" out of place as a name with a type.
bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 35> kKeywords = {
      "async", "await",    "False", "None",   "True", "and",   "as",     "assert",   "break",
      "class", "continue", "def",   "del",    "elif", "else",  "except", "finally",  "for",
      "from",  "global",   "if",    "import", "in",   "is",    "lambda", "nonlocal", "not",
      "or",    "pass",     "raise", "return", "try",  "while", "with",   "yield"};
  return is_one_of(kKeywords, word);
}

bool begins_line(TSNode node, std::string_view text) {
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  const std::size_t indent = text.substr(0, begin).find_last_not_of(" \t\f");
  return indent == std::string_view::npos || text[indent] == '\n';
}

bool is_empty(TSNode block) {
  const uint32_t children = ts_node_named_child_count(block);
  for (uint32_t i = 0; i < children; ++i) {
    if (std::string_view(ts_node_type(ts_node_named_child(block, i))) != "comment") return false;
  }
  return true;
}

// Statements of one block that do not stand in one column; a module's is the first.
bool has_odd_indent(TSNode block, std::string_view text) {
  const uint32_t none = static_cast<uint32_t>(-1);
  uint32_t column = type_of(block) == "module" ? 0 : none;
  TSTreeCursor cursor = ts_tree_cursor_new(block);
  bool odd = false;
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more && !odd;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    if (!ts_node_is_named(node) || std::string_view(ts_node_type(node)) == "comment") continue;
    if (!begins_line(node, text)) continue;
    const uint32_t found = ts_node_start_point(node).column;
    odd = column != none && found != column;
    column = found;
  }
  ts_tree_cursor_delete(&cursor);
  return odd;
}

// `del f()`: what a name does not lead to cannot be deleted, and `as f()` names nothing.
bool holds_no_target(TSNode node) {
  constexpr std::array<std::string_view, 13> kValues = {"list_splat",
                                                        "call",
                                                        "integer",
                                                        "float",
                                                        "string",
                                                        "true",
                                                        "false",
                                                        "none",
                                                        "binary_operator",
                                                        "await",
                                                        "lambda",
                                                        "unary_operator",
                                                        "comparison_operator"};
  const uint32_t children = ts_node_named_child_count(node);
  for (uint32_t i = 0; i < children; ++i) {
    const TSNode child = ts_node_named_child(node, i);
    const std::string_view type = ts_node_type(child);
    if (is_one_of(kValues, type)) return true;
    if (type == "expression_list" && holds_no_target(child)) return true;
  }
  return false;
}

// --- Blocks, names and what is assigned.

Fault block_fault(TSNode node, std::string_view text) {
  if (type_of(node) == "block" && is_empty(node)) return "expected an indented block";
  return has_odd_indent(node, text) ? "unexpected indentation" : Fault();
}

Fault name_fault(TSNode node, std::string_view text) {
  return is_keyword(text_of(node, text)) ? "a keyword out of place" : Fault();
}

Fault targets_fault(TSNode node, std::string_view /*text*/) {
  return holds_no_target(node) ? "a value where a name is expected" : Fault();
}

int count_of(TSNode node, Type type) {
  int count = 0;
  for_each_child(node, [&](TSNode child) { count += type_of(child) == type; });
  return count;
}

// `(a)` is none.
bool is_sequence(TSNode target) {
  return has_type(target, {"list_pattern", "pattern_list"}) ||
         (has_type(target, {"tuple_pattern"}) && count_of(target, ",") > 0);
}

Fault assignment_fault(TSNode node, std::string_view /*text*/) {
  const TSNode left = field(node, "left"), right = field(node, "right");
  if (has_type(left, {"list_splat_pattern"})) return "a \"*\" outside of a list";
  if (!ts_node_is_null(field(node, "type")) && is_sequence(left)) return "a type of many names";
  const bool is_augmented = type_of(node) == "augmented_assignment";
  if (is_augmented && is_sequence(left)) return "a list where a name is expected";
  if (has_type(right, {"augmented_assignment", "named_expression"}) ||
      (is_augmented && has_type(right, {"assignment"}))) {
    return "an assignment within an assignment";
  }
  return has_type(right, {"list_splat", "list_splat_pattern"}) ? "a \"*\" outside of a list"
                                                               : Fault();
}

Fault pattern_fault(TSNode node, std::string_view /*text*/) {
  return count_of(node, "list_splat_pattern") > 1 ? "a second \"*\"" : Fault();
}

// --- Statements.

Fault statement_fault(TSNode node, std::string_view /*text*/) {
  if (ts_node_named_child_count(node) != 1) return {};
  const TSNode only = ts_node_named_child(node, 0);
  if (has_type(only, {"named_expression"})) return "a \":=\" without parentheses";
  return has_type(only, {"list_splat"}) ? "a \"*\" outside of a list" : Fault();
}

// `(*a)` lacks the comma that makes a tuple of it.
Fault parenthesized_fault(TSNode node, std::string_view /*text*/) {
  const bool is_lone = count_of(node, ",") == 0 && count_of(node, "list_splat") > 0;
  return is_lone ? "a \"*\" outside of a list" : Fault();
}

// `print a`. `print >> a, b` is a comparison's kin to Python 3.
Fault old_statement_fault(TSNode node, std::string_view /*text*/) {
  return has_type(ts_node_named_child(node, 0), {"chevron"}) ? Fault() : "a statement of Python 2";
}

Fault raise_fault(TSNode node, std::string_view /*text*/) {
  const TSNode what = ts_node_named_child(node, 0), cause = field(node, "cause");
  if (has_type(what, {"expression_list"})) return "raise of more than one";
  return !ts_node_is_null(cause) && ts_node_eq(what, cause) ? "raise of nothing" : Fault();
}

// All errors are caught last; one that is caught has one name.
Fault try_fault(TSNode node, std::string_view /*text*/) {
  bool caught_all = false;
  Fault fault;
  for_each_child(node, [&](TSNode clause) {
    if (type_of(clause) != "except_clause") return;
    if (caught_all) fault = "an except after the one of all";
    const TSNode first = ts_node_named_child(clause, 0);
    caught_all = has_type(first, {"block", "comment"});
  });
  return fault;
}

Fault except_fault(TSNode node, std::string_view /*text*/) {
  int values = 0;
  Fault fault;
  for_each_child(node, [&](TSNode child) {
    if (!ts_node_is_named(child) || has_type(child, {"block", "comment"})) return;
    ++values;
    const TSNode alias = field(child, "alias");
    if (!ts_node_is_null(alias) && !has_type(ts_node_named_child(alias, 0), {"identifier"})) {
      fault = "a value where a name is expected";
    }
  });
  return values > 1 ? "errors without parentheses" : fault;
}

Fault import_fault(TSNode node, std::string_view /*text*/) {
  const uint32_t count = ts_node_child_count(node);
  if (count > 0 && type_of(ts_node_child(node, count - 1)) == ",") return "a comma with no name";
  if (type_of(node) != "import_from_statement") return {};
  const TSNode module = field(node, "module_name");
  Fault fault;
  for_each_child(node, [&](TSNode child) {
    if (ts_node_eq(child, module)) return;
    const TSNode name = has_type(child, {"aliased_import"}) ? field(child, "name") : child;
    if (has_type(name, {"dotted_name"}) && ts_node_named_child_count(name) > 1) {
      fault = "a module where a name is expected";
    }
  });
  return fault;
}

// What comes behind a case that takes all is never reached.
Fault match_fault(TSNode block, std::string_view /*text*/) {
  bool took_all = false, goes_on = false;
  for_each_child(block, [&](TSNode clause) {
    if (type_of(clause) != "case_clause") return;
    goes_on = goes_on || took_all;
    const TSNode pattern = ts_node_named_child(clause, 0);
    const TSNode inner = ts_node_is_null(pattern) ? pattern : ts_node_named_child(pattern, 0);
    const bool is_lone = !ts_node_is_null(pattern) && count_of(clause, "case_pattern") == 1;
    const bool is_name = has_type(inner, {"dotted_name"}) && ts_node_named_child_count(inner) == 1;
    took_all = is_lone && ts_node_is_null(field(clause, "guard")) &&
               (is_name || (ts_node_is_null(inner) && ts_node_child_count(pattern) == 1));
  });
  return goes_on ? "a case behind the one of all" : Fault();
}

// --- Expressions.

Fault comparison_fault(TSNode node, std::string_view /*text*/) {
  return count_of(node, "<>") > 0 ? "an operator of Python 2" : Fault();
}

// `[a for b in c, d]`.
Fault for_in_fault(TSNode clause, std::string_view /*text*/) {
  return count_of(clause, ",") > 0 ? "a list without parentheses" : Fault();
}

Fault body_fault(TSNode comprehension, std::string_view /*text*/) {
  return has_type(field(comprehension, "body"), {"list_splat"}) ? "a \"*\" outside of a list"
                                                                : Fault();
}

Fault value_fault(TSNode pair, std::string_view /*text*/) {
  const TSNode value = field(pair, "value");
  if (has_type(value, {"list_splat"})) return "a \"*\" outside of a list";
  const bool is_argument = type_of(pair) == "keyword_argument";
  return is_argument && has_type(value, {"named_expression"}) ? "a \":=\" without parentheses"
                                                              : Fault();
}

Fault dictionary_fault(TSNode node, std::string_view /*text*/) {
  const TSNode second = ts_node_child(node, 1);
  return !ts_node_is_null(second) && type_of(second) == "," ? "a comma with nothing before it"
                                                            : Fault();
}

}  // namespace

std::string_view python_fault(TSNode node, std::string_view text) {
  static const std::unordered_map<Type, Fault (*)(TSNode, std::string_view)> kFaults = {
      {"identifier", name_fault},
      {"module", block_fault},
      {"block", block_fault},
      {"delete_statement", targets_fault},
      {"as_pattern_target", targets_fault},
      {"assignment", assignment_fault},
      {"augmented_assignment", assignment_fault},
      {"pattern_list", pattern_fault},
      {"list_pattern", pattern_fault},
      {"tuple_pattern", pattern_fault},
      {"expression_statement", statement_fault},
      {"parenthesized_expression", parenthesized_fault},
      {"tuple", parenthesized_fault},
      {"print_statement", old_statement_fault},
      {"exec_statement", old_statement_fault},
      {"raise_statement", raise_fault},
      {"try_statement", try_fault},
      {"except_clause", except_fault},
      {"import_from_statement", import_fault},
      {"import_statement", import_fault},
      {"comparison_operator", comparison_fault},
      {"for_in_clause", for_in_fault},
      {"list_comprehension", body_fault},
      {"set_comprehension", body_fault},
      {"generator_expression", body_fault},
      {"pair", value_fault},
      {"keyword_argument", value_fault},
      {"dictionary", dictionary_fault},
      {"parameters", python_parameters_fault},
      {"lambda_parameters", python_parameters_fault},
      {"argument_list", python_arguments_fault},
      {"integer", python_number_fault},
      {"string", python_string_fault},
      {"concatenated_string", python_strings_fault}};
  if (!ts_node_is_named(node)) return {};
  const auto known = kFaults.find(type_of(node));
  if (known == kFaults.end()) return {};
  const Fault fault = known->second(node, text);
  return fault.empty() && type_of(node) == "block" ? match_fault(node, text) : fault;
}

}  // namespace cromwell::workspace
