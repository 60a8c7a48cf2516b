#include "workspace/rust_check.h"

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

bool ends_in_braces(TSNode macro) {
  const uint32_t count = ts_node_child_count(macro);
  if (count == 0) return false;
  const TSNode first = ts_node_child(ts_node_child(macro, count - 1), 0);
  return !ts_node_is_null(first) && type_of(first) == "{";
}

// `m!(a)` and what follows it: only braces end a statement.
std::string_view macros_fault(TSNode list) {
  bool is_open = false, goes_on = false;
  for_each_child(list, [&](TSNode child) {
    const std::string_view type = type_of(child);
    if (type == ";" || type == "empty_statement") is_open = false;
    if (!ts_node_is_named(child) || type.ends_with("comment")) return;
    goes_on = goes_on || is_open;
    is_open = type == "macro_invocation" && !ends_in_braces(child);
  });
  return goes_on ? "a macro that lacks its \";\"" : std::string_view();
}

// `use a;;`. Behind a macro outside of functions the grammar makes a statement of its own ";".
std::string_view empty_fault(TSNode list) {
  bool is_after_macro = false, found = false;
  for_each_child(list, [&](TSNode child) {
    if (!ts_node_is_named(child) || type_of(child).ends_with("comment")) return;
    found = found || (type_of(child) == "empty_statement" && !is_after_macro);
    is_after_macro = type_of(child) == "macro_invocation";
  });
  return found ? "a \";\" that ends nothing" : std::string_view();
}

// `/// a` with nothing behind it, and `//! b` behind something.
std::string_view comments_fault(TSNode list, std::string_view text) {
  bool has_item = false, is_late = false, is_open = false;
  for_each_child(list, [&](TSNode child) {
    if (!ts_node_is_named(child)) return;
    const std::string_view found = text_of(child, text);
    const bool is_comment = type_of(child).ends_with("comment");
    if (is_comment && found.starts_with("//!")) is_late = is_late || has_item;
    if (is_comment && found.starts_with("///") && !found.starts_with("////")) is_open = true;
    if (is_comment || type_of(child) == "inner_attribute_item") return;
    is_open = type_of(child) == "attribute_item";
    has_item = true;
  });
  if (is_late) return "a comment on the file that is not at its head";
  return is_open ? "a comment or an attribute of nothing" : std::string_view();
}

std::string_view list_fault(TSNode list, std::string_view text) {
  std::string_view fault = macros_fault(list);
  if (fault.empty() && type_of(list) != "block") fault = empty_fault(list);
  return fault.empty() ? comments_fault(list, text) : fault;
}

bool is_list(std::string_view type) {
  return type == "block" || type == "source_file" || type == "declaration_list" ||
         type == "enum_variant_list" || type == "field_declaration_list";
}

}  // namespace

std::string_view rust_fault(TSNode node, std::string_view text) {
  return is_list(type_of(node)) ? list_fault(node, text) : std::string_view();
}

}  // namespace cromwell::workspace
