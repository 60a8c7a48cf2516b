#include "workspace/java_check.h"

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Fault = std::string_view;  // empty: none

// A method without a type is a constructor, which is called as its class is. `name` is empty for a
// class that has none.
Fault constructors_fault(TSNode members, std::string_view name, std::string_view text) {
  Fault fault;
  for_each_child(members, [&](TSNode member) {
    if (!type_of(member).ends_with("constructor_declaration")) return;
    if (text_of(field(member, "name"), text) != name) fault = "a method without its type";
  });
  return fault;
}

Fault class_fault(TSNode declaration, std::string_view text) {
  TSNode members = field(declaration, "body");
  if (type_of(declaration) == "enum_declaration") {
    TSNode behind_constants{};
    for_each_child(members, [&](TSNode child) {
      if (type_of(child) == "enum_body_declarations") behind_constants = child;
    });
    members = behind_constants;
  }
  return constructors_fault(members, text_of(field(declaration, "name"), text), text);
}

Fault new_object_fault(TSNode expression, std::string_view text) {
  Fault fault;
  for_each_child(expression, [&](TSNode child) {
    if (type_of(child) == "class_body") fault = constructors_fault(child, "", text);
  });
  return fault;
}

bool is_known_escape(std::string_view escape) {
  constexpr std::string_view kSingle = "btnfrs\"'\\u01234567\n\r";
  return escape.size() > 1 && kSingle.find(escape[1]) != std::string_view::npos;
}

Fault literal_fault(TSNode node, std::string_view text) {
  bool is_sound = true;
  for_each_child(node, [&](TSNode child) {
    if (type_of(child) != "escape_sequence") return;
    is_sound = is_sound && is_known_escape(text_of(child, text));
  });
  if (type_of(node) == "character_literal") {  // to the grammar it is one piece
    const std::string_view literal = text_of(node, text);
    const std::size_t escape = literal.find('\\');
    is_sound = escape == std::string_view::npos || is_known_escape(literal.substr(escape));
  }
  return is_sound ? Fault() : "an escape that Java does not have";
}

}  // namespace

std::string_view java_fault(TSNode node, std::string_view text) {
  const std::string_view type = type_of(node);
  if (type == "class_declaration" || type == "enum_declaration" || type == "record_declaration") {
    return class_fault(node, text);
  }
  if (type == "object_creation_expression") return new_object_fault(node, text);
  const bool is_literal = type == "string_literal" || type == "character_literal";
  return is_literal ? literal_fault(node, text) : Fault();
}

}  // namespace cromwell::workspace
