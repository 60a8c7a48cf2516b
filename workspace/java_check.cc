#include "workspace/java_check.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "workspace/one_of.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Fault = std::string_view;  // empty: none

// --- Words.

Fault name_fault(TSNode name, std::string_view text) {
  static const std::unordered_set<std::string_view> kKeywords = {
      "abstract",     "assert", "boolean", "break",      "byte",    "case",       "catch",
      "char",         "class",  "const",   "continue",   "default", "do",         "double",
      "else",         "enum",   "extends", "false",      "final",   "finally",    "float",
      "for",          "goto",   "if",      "implements", "import",  "instanceof", "int",
      "interface",    "long",   "native",  "new",        "null",    "package",    "private",
      "protected",    "public", "return",  "short",      "static",  "strictfp",   "switch",
      "synchronized", "throw",  "throws",  "transient",  "true",    "try",        "void",
      "volatile",     "while"};
  return kKeywords.contains(text_of(name, text)) ? "a keyword out of place" : Fault();
}

Fault modifiers_fault(TSNode modifiers, std::string_view text) {
  std::array<std::string_view, 16> seen;  // more than there are
  std::size_t count = 0;
  Fault fault;
  for_each_child(modifiers, [&](TSNode child) {
    const std::string_view word = text_of(child, text);
    if (ts_node_is_named(child) || count == seen.size()) return;
    if (std::find(seen.begin(), seen.begin() + count, word) != seen.begin() + count) {
      fault = "a modifier that stands twice";
    }
    seen[count++] = word;
  });
  return fault;
}

// --- Statements.

// What is done and not only computed.
bool is_statement(TSNode expression) {
  static constexpr std::array<std::string_view, 5> kDone = {
      "assignment_expression", "update_expression", "method_invocation",
      "object_creation_expression", "switch_expression"};
  return is_one_of(kDone, type_of(expression)) || ts_node_is_error(expression);
}

// In a block; behind the `->` of a `case` any expression may stand.
Fault statements_fault(TSNode block, std::string_view /*text*/) {
  Fault fault;
  for_each_child(block, [&](TSNode child) {
    if (type_of(child) != "expression_statement") return;
    const TSNode expression = ts_node_named_child(child, 0);
    if (!ts_node_is_null(expression) && !is_statement(expression)) fault = "what is no statement";
  });
  return fault;
}

// A file that names its package has classes and nothing beside them.
Fault program_fault(TSNode program, std::string_view /*text*/) {
  bool has_package = false;
  Fault fault;
  for_each_child(program, [&](TSNode child) {
    has_package = has_package || type_of(child) == "package_declaration";
    if (has_package && type_of(child) == "method_declaration") {
      fault = "a method outside of a class";
    }
  });
  return fault;
}

// --- Classes.

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

// --- Literals.

bool is_known_escape(std::string_view escape) {
  constexpr std::string_view kSingle = "btnfrs\"'\\u01234567\n\r";
  return escape.size() > 1 && kSingle.find(escape[1]) != std::string_view::npos;
}

Fault literal_fault(TSNode node, std::string_view text) {
  const bool is_one_piece = type_of(node) == "character_literal";
  return has_known_escapes(node, is_one_piece, text, is_known_escape)
             ? Fault()
             : "an escape that Java does not have";
}

}  // namespace

std::string_view java_fault(TSNode node, std::string_view text) {
  static const std::unordered_map<std::string_view, Fault (*)(TSNode, std::string_view)> kFaults = {
      {"identifier", name_fault},
      {"type_identifier", name_fault},
      {"modifiers", modifiers_fault},
      {"program", program_fault},
      {"block", statements_fault},
      {"constructor_body", statements_fault},
      {"switch_block_statement_group", statements_fault},
      {"class_declaration", class_fault},
      {"enum_declaration", class_fault},
      {"record_declaration", class_fault},
      {"object_creation_expression", new_object_fault},
      {"string_literal", literal_fault},
      {"character_literal", literal_fault}};
  const auto known = kFaults.find(type_of(node));
  return known == kFaults.end() ? Fault() : known->second(node, text);
}

}  // namespace cromwell::workspace
