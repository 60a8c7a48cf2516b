#include "workspace/go_check.h"

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

// The children that say something, each given to `visit`.
template <class Visit>
void for_each_part(TSNode node, Visit visit) {
  for_each_child(node, [&](TSNode child) {
    if (ts_node_is_named(child) && type_of(child) != "comment") visit(child);
  });
}

// `f(a,` ends its line with a comma, `f(a` does not: there the line's end would end the statement.
std::string_view list_fault(TSNode list) {
  TSNode before{}, last{};
  bool after_opening = false, has_loose_comma = false;
  for_each_child(list, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "comment") return;
    has_loose_comma = has_loose_comma || (after_opening && type == ",");
    after_opening = type == "(" || type == "{";
    before = last;
    last = child;
  });
  if (has_loose_comma) return "a comma with nothing before it";
  if (ts_node_is_null(before)) return {};
  const Type type = type_of(before);
  const bool is_closed = type == "," || type == "(" || type == "{" || type == ";";
  const bool is_next_line = ts_node_end_point(before).row < ts_node_start_point(last).row;
  return is_next_line && !is_closed ? "a line that lacks its comma" : std::string_view();
}

// What has no name in the tree may be one: of many names of one type (`a, b, c, d, e int`) the
// grammar takes the first for types. Before the type that is theirs they can be nothing else.
std::string_view parameter_fault(TSNode list) {
  bool has_named = false, has_unnamed = false, ends_unnamed = false;
  bool has_rest = false, goes_on = false;
  for_each_part(list, [&](TSNode parameter) {
    goes_on = goes_on || has_rest;
    has_rest = type_of(parameter) == "variadic_parameter_declaration";
    const bool is_named = !ts_node_is_null(field(parameter, "name"));
    const TSNode type = field(parameter, "type");
    has_named = has_named || is_named;
    ends_unnamed = !is_named;
    has_unnamed =
        has_unnamed ||
        (!is_named && (has_rest || ts_node_is_null(type) || type_of(type) != "type_identifier"));
  });
  if (has_named && (has_unnamed || ends_unnamed)) return "parameters with and without names";
  return goes_on ? "a parameter after \"...\"" : list_fault(list);
}

// Those that the grammar knows by their names are names like others: `iota := 1`.
bool is_name(TSNode node) {
  const Type type = type_of(node);
  return type == "identifier" || type == "blank_identifier" || type == "iota" || type == "nil" ||
         type == "true" || type == "false";
}

// `a.b := c`: only names can be declared.
std::string_view declared_fault(TSNode left) {
  if (ts_node_is_null(left)) return {};
  bool all_names = true;
  for_each_part(left, [&](TSNode one) { all_names = all_names && is_name(one); });
  return all_names ? std::string_view() : "no name on the left of \":=\"";
}

int parts_of(TSNode node) {
  int count = 0;
  if (!ts_node_is_null(node)) for_each_part(node, [&](TSNode) { ++count; });
  return count;
}

// Of a range or of what is received, which may also be assigned.
std::string_view taken_fault(TSNode clause) {
  constexpr int kMostTaken = 2;
  const TSNode left = field(clause, "left");
  if (parts_of(left) > kMostTaken) return "more than two values of one";
  const uint32_t count = ts_node_child_count(clause);
  for (uint32_t i = 0; i < count; ++i) {
    if (type_of(ts_node_child(clause, i)) == ":=") return declared_fault(left);
  }
  return {};
}

// Only constants after the first may repeat the value before them.
std::string_view constant_fault(TSNode declaration) {
  bool is_first = true, has_value = true;
  for_each_part(declaration, [&](TSNode one) {
    if (is_first) has_value = !ts_node_is_null(field(one, "value"));
    is_first = false;
  });
  return has_value ? std::string_view() : "a constant without a value";
}

std::string_view receiver_fault(TSNode method) {
  const TSNode receiver = field(method, "receiver");
  if (ts_node_is_null(receiver) || parts_of(receiver) == 1) return {};
  return "a method has one receiver";
}

std::string_view deferred_fault(TSNode statement) {
  bool is_call = true;
  for_each_part(statement, [&](TSNode what) { is_call = type_of(what) == "call_expression"; });
  return is_call ? std::string_view() : "expected a call";
}

// `f(a..., b)`.
std::string_view arguments_fault(TSNode arguments) {
  bool has_rest = false, goes_on = false;
  for_each_child(arguments, [&](TSNode child) {
    goes_on = goes_on || (has_rest && ts_node_is_named(child) && type_of(child) != "comment");
    has_rest = has_rest || type_of(child) == "variadic_argument";
  });
  return goes_on ? "an argument after \"...\"" : list_fault(arguments);
}

std::string_view path_fault(TSNode path, std::string_view text) {
  std::string_view name = text_of(path, text);
  if (name.size() < 2) return {};
  name = name.substr(1, name.size() - 2);
  const bool is_path = !name.empty() && name.find_first_of(" \t!\"#$%&'()*,:;<=>?[\\]^`{|}") ==
                                            std::string_view::npos;
  return is_path ? std::string_view() : "an import path that is none";
}

// `a <- b` and `++a` read as operators of operators.
std::string_view operator_fault(TSNode node, std::string_view text) {
  const TSNode right = field(node, "right"), sign = field(node, "operator");
  if (ts_node_is_null(right) || ts_node_is_null(sign)) return {};
  const bool touches = ts_node_end_byte(sign) == ts_node_start_byte(right);
  return touches && text_of(sign, text) == "<" && text_of(right, text).starts_with('-')
             ? "a \"<-\" out of place"
             : std::string_view();
}

std::string_view unary_fault(TSNode node, std::string_view text) {
  const TSNode sign = field(node, "operator"), operand = field(node, "operand");
  if (ts_node_is_null(sign) || ts_node_is_null(operand)) return {};
  const std::string_view word = text_of(sign, text);
  const bool touches = ts_node_end_byte(sign) == ts_node_start_byte(operand);
  const bool is_double =
      (word == "+" || word == "-" || word == "&") && text_of(operand, text).starts_with(word);
  return touches && is_double ? "an operator out of place" : std::string_view();
}

std::string_view escape_fault(TSNode escape, std::string_view text) {
  const std::string_view found = text_of(escape, text);
  const bool is_known =
      found.size() < 2 ||
      std::string_view("abfnrtv\\'\"01234567xuU").find(found[1]) != std::string_view::npos;
  return is_known ? std::string_view() : "an escape that is none";
}

}  // namespace

std::string_view go_fault(TSNode node, std::string_view text) {
  const Type type = type_of(node);
  if (type == "argument_list") return arguments_fault(node);
  if (type == "literal_value") return list_fault(node);
  if (type == "import_spec") return path_fault(field(node, "path"), text);
  if (type == "binary_expression") return operator_fault(node, text);
  if (type == "unary_expression") return unary_fault(node, text);
  if (type == "escape_sequence") return escape_fault(node, text);
  if (type == "parameter_list") return parameter_fault(node);
  if (type == "short_var_declaration") return declared_fault(field(node, "left"));
  if (type == "range_clause" || type == "receive_statement") return taken_fault(node);
  if (type == "const_declaration") return constant_fault(node);
  if (type == "method_declaration") return receiver_fault(node);
  if (type == "go_statement" || type == "defer_statement") return deferred_fault(node);
  return {};
}

}  // namespace cromwell::workspace
