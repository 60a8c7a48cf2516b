#include "workspace/script_block.h"

#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

bool is_nameless(TSNode value) {
  const std::string_view type = type_or_none(value);
  const bool is_function = type == "function_expression" || type == "generator_function";
  return (is_function || type == "class") && ts_node_is_null(field(value, "name"));
}

// `a: b` reads as a label and a statement.
bool is_labelled(TSNode element) {
  return type_or_none(field(element, "key")) == "property_identifier" &&
         !is_nameless(field(element, "value"));
}

// One level of it. Behind its first element a block of one statement goes on with operands only.
bool reads_as_block(TSNode object) {
  bool is_first = true, is_method = false, ends_in_comma = false, found = true;
  for_each_child(object, [&](TSNode child) {
    const std::string_view type = type_of(child);
    if (type == ",") ends_in_comma = true;
    if (!ts_node_is_named(child) || type == "comment") return;
    if (type == "pair" && (!is_first || !is_labelled(child))) found = false;
    if (type == "spread_element" || is_method) found = false;
    is_method = type == "method_definition";
    is_first = ends_in_comma = false;
  });
  return found && !ends_in_comma;
}

// The object that the label of a block's first statement stands before; null if there is none.
TSNode labelled_object(TSNode object) {
  TSNode first = ts_node_named_child(object, 0);
  while (type_or_none(first) == "comment") first = ts_node_next_named_sibling(first);
  const TSNode value = type_or_none(first) == "pair" ? field(first, "value") : TSNode{};
  return type_or_none(value) == "object" ? value : TSNode{};
}

}  // namespace

std::string_view block_fault(TSNode object) {
  for (; !ts_node_is_null(object); object = labelled_object(object)) {
    if (!reads_as_block(object)) return "an object where a block is read";
  }
  return {};
}

}  // namespace cromwell::workspace
