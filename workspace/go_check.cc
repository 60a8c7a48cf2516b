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
  return goes_on ? "a parameter after \"...\"" : std::string_view();
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

}  // namespace

std::string_view go_fault(TSNode node, std::string_view /*text*/) {
  const Type type = type_of(node);
  if (type == "parameter_list") return parameter_fault(node);
  if (type == "short_var_declaration") return declared_fault(field(node, "left"));
  if (type == "range_clause" || type == "receive_statement") return taken_fault(node);
  if (type == "const_declaration") return constant_fault(node);
  if (type == "method_declaration") return receiver_fault(node);
  if (type == "go_statement" || type == "defer_statement") return deferred_fault(node);
  return {};
}

}  // namespace cromwell::workspace
