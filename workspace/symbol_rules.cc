#include "workspace/symbol_rules.h"

#include <algorithm>
#include <array>

#include "workspace/one_of.h"

namespace cromwell::workspace {
namespace {

using enum Grammar;
using enum SymbolKind;
using enum NamePlace;
using enum Scope;

// TypeScript's and TSX's rules are JavaScript's and those named kTypeScript; C++'s are C's and its
// own.
constexpr SymbolRule kRules[] = {
    {kPython, "function_definition", kFunction},
    {kPython, "class_definition", kClass},
    {kPython, "assignment", kVariable, kLeftField, kTopLevel},

    {kJavaScript, "function_declaration", kFunction},
    {kJavaScript, "generator_function_declaration", kFunction},
    {kJavaScript, "class_declaration", kClass},
    {kJavaScript, "method_definition", kMethod},
    {kJavaScript, "variable_declarator", kVariable, kFunctionVar, kOutsideFunctions},

    {kTypeScript, "abstract_class_declaration", kClass},
    {kTypeScript, "interface_declaration", kClass},
    {kTypeScript, "enum_declaration", kEnum},
    {kTypeScript, "type_alias_declaration", kType},
    {kTypeScript, "internal_module", kModule},
    {kTypeScript, "module", kModule},
    {kTypeScript, "function_signature", kFunction},
    {kTypeScript, "method_signature", kMethod},
    {kTypeScript, "abstract_method_signature", kMethod},

    {kC, "function_definition", kFunction, kDeclarator},
    {kC, "declaration", kFunction, kDeclarator, kOutsideFunctions},
    {kC, "struct_specifier", kClass, kNameField, kAnywhere, true},
    {kC, "union_specifier", kClass, kNameField, kAnywhere, true},
    {kC, "enum_specifier", kEnum, kNameField, kAnywhere, true},
    {kC, "type_definition", kType, kDeclarator},
    {kC, "preproc_def", kMacro},
    {kC, "preproc_function_def", kMacro},

    {kCpp, "class_specifier", kClass, kNameField, kAnywhere, true},
    {kCpp, "field_declaration", kMethod, kDeclarator},
    {kCpp, "namespace_definition", kModule},
    {kCpp, "alias_declaration", kType},
    {kCpp, "concept_definition", kType},

    {kRust, "function_item", kFunction},
    {kRust, "function_signature_item", kFunction},
    {kRust, "struct_item", kClass},
    {kRust, "union_item", kClass},
    {kRust, "enum_item", kEnum},
    {kRust, "trait_item", kClass},
    {kRust, "impl_item", kClass, kTypeField},
    {kRust, "mod_item", kModule},
    {kRust, "type_item", kType},
    {kRust, "const_item", kVariable, kNameField, kOutsideFunctions},
    {kRust, "static_item", kVariable, kNameField, kOutsideFunctions},
    {kRust, "macro_definition", kMacro},

    {kGo, "function_declaration", kFunction},
    {kGo, "method_declaration", kMethod},
    {kGo, "type_spec", kClass},
    {kGo, "type_alias", kType},
    {kGo, "const_spec", kVariable, kNameField, kOutsideFunctions},
    {kGo, "var_spec", kVariable, kNameField, kOutsideFunctions},

    {kJava, "class_declaration", kClass},
    {kJava, "interface_declaration", kClass},
    {kJava, "record_declaration", kClass},
    {kJava, "annotation_type_declaration", kClass},
    {kJava, "enum_declaration", kEnum},
    {kJava, "method_declaration", kMethod},
    {kJava, "constructor_declaration", kMethod},
    {kJava, "compact_constructor_declaration", kMethod},

    {kJson, "pair", kVariable, kKeyField, kTopLevel},

    {kBash, "function_definition", kFunction},
};

const SymbolRule* find_own_rule(Grammar grammar, std::string_view node) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules), [&](const auto& rule) {
    return rule.grammar == grammar && rule.node == node;
  });
  return found == std::end(kRules) ? nullptr : found;
}

}  // namespace

const SymbolRule* find_symbol_rule(Grammar grammar, std::string_view node) {
  if (grammar == kTsx) return find_symbol_rule(kTypeScript, node);
  if (const SymbolRule* rule = find_own_rule(grammar, node)) return rule;
  if (grammar == kTypeScript) return find_own_rule(kJavaScript, node);
  if (grammar == kCpp) return find_own_rule(kC, node);
  return nullptr;
}

bool is_symbol_wrapper(std::string_view node) {
  constexpr std::array<std::string_view, 8> kWrappers = {
      "decorated_definition", "export_statement",     "template_declaration",
      "lexical_declaration",  "variable_declaration", "ambient_declaration",
      "type_declaration",     "expression_statement"};
  return is_one_of(kWrappers, node);
}

}  // namespace cromwell::workspace
