#include "workspace/rust_check.h"

#include <array>

#include "workspace/one_of.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

bool is_list(std::string_view type) {
  return type == "block" || type == "source_file" || type == "declaration_list" ||
         type == "enum_variant_list" || type == "field_declaration_list";
}

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

bool is_documentation(TSNode node, std::string_view text) {
  if (!type_of(node).ends_with("comment")) return false;
  const std::string_view found = text_of(node, text);
  return (found.starts_with("///") && !found.starts_with("////")) ||
         (found.starts_with("/**") && !found.starts_with("/***") && found != "/**/");
}

// `/// a` within an expression or a list, with an operator or the end behind it.
std::string_view documented_fault(TSNode node, std::string_view text) {
  bool is_open = false, found = false;
  for_each_child(node, [&](TSNode child) {
    if (type_of(child).ends_with("comment")) {
      is_open = is_open || is_documentation(child, text);
    } else {
      found = found || (is_open && !ts_node_is_named(child));
      is_open = false;
    }
  });
  return found ? "a comment that documents nothing" : std::string_view();
}

// \n, \x41, \u{e9}: what a literal of its kind may hold.
bool is_known_escape(std::string_view escape, std::string_view literal) {
  const bool is_text = literal.starts_with('"') || literal.starts_with('\'');
  if (escape.starts_with("\\x")) return !is_text || escape < "\\x80";
  if (escape.starts_with("\\u")) return escape.starts_with("\\u{") && !literal.starts_with('b');
  constexpr std::string_view kSingle = "nrt0\\'\"\n\r";
  return escape.size() > 1 && kSingle.find(escape[1]) != std::string_view::npos;
}

std::string_view literal_fault(TSNode node, std::string_view text) {
  const std::string_view literal = text_of(node, text);
  const bool is_one_piece = type_of(node) == "char_literal";
  const auto is_known = [&](std::string_view escape) { return is_known_escape(escape, literal); };
  return has_known_escapes(node, is_one_piece, text, is_known)
             ? std::string_view()
             : "an escape that Rust does not have";
}

// `try {} catch {}`: a try block, which is none of stable Rust, and the struct `catch {}`.
std::string_view catch_fault(TSNode list, std::string_view text) {
  bool is_behind_try = false, found = false;
  for_each_child(list, [&](TSNode child) {
    const bool is_catch = text_of(child, text).starts_with("catch");
    found = found || (is_behind_try && is_catch);
    is_behind_try =
        type_of(child) == "expression_statement" && type_of(ts_node_child(child, 0)) == "try_block";
  });
  return found ? "catch, which Rust does not have" : std::string_view();
}

// `/// a` with nothing behind it, and `//! b` behind something.
std::string_view comments_fault(TSNode list, std::string_view text) {
  bool has_item = false, is_late = false, is_open = false;
  for_each_child(list, [&](TSNode child) {
    if (!ts_node_is_named(child)) return;
    const std::string_view found = text_of(child, text);
    const bool is_comment = type_of(child).ends_with("comment");
    const bool is_of_the_file =
        is_comment ? found.starts_with("//!") : type_of(child) == "inner_attribute_item";
    if (is_of_the_file) is_late = is_late || has_item;
    if (is_documentation(child, text)) is_open = true;
    if (is_comment || is_of_the_file) return;
    is_open = type_of(child) == "attribute_item";
    has_item = true;
  });
  if (is_late) return "a comment or an attribute of the file that is not at its head";
  return is_open ? "a comment or an attribute of nothing" : std::string_view();
}

std::string_view list_fault(TSNode list, std::string_view text) {
  std::string_view fault = macros_fault(list);
  if (fault.empty()) fault = catch_fault(list, text);
  if (fault.empty() && type_of(list) != "block") fault = empty_fault(list);
  return fault.empty() ? comments_fault(list, text) : fault;
}

}  // namespace

std::string_view rust_fault(TSNode node, std::string_view text) {
  static constexpr std::array<std::string_view, 9> kDivided = {
      "field_expression", "binary_expression", "call_expression",
      "arguments",        "array_expression",  "field_initializer_list",
      "parameters",       "match_block",       "let_declaration"};
  const std::string_view type = type_of(node);
  if (is_list(type)) return list_fault(node, text);
  if (is_one_of(kDivided, type)) return documented_fault(node, text);
  return type == "string_literal" || type == "char_literal" ? literal_fault(node, text)
                                                            : std::string_view();
}

}  // namespace cromwell::workspace
