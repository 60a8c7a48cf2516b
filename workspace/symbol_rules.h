// Symbol rules: which nodes of a grammar define a symbol, and where its name stands. Data. Pure.
#pragma once

#include <string_view>

#include "workspace/outline.h"

namespace cromwell::workspace {

enum class NamePlace {
  kNameField,    // the child in the field "name"
  kDeclarator,   // C: down the field "declarator" to an identifier
  kTypeField,    // Rust's impl
  kLeftField,    // Python: NAME = value
  kKeyField,     // JSON
  kFunctionVar,  // JavaScript: a variable whose value is a function
};

// Where a rule counts. What is local to a function is no symbol.
enum class Scope { kAnywhere, kTopLevel, kOutsideFunctions };

struct SymbolRule {
  Grammar grammar;
  std::string_view node;
  SymbolKind kind;
  NamePlace name = NamePlace::kNameField;
  Scope scope = Scope::kAnywhere;
  bool needs_body = false;  // "struct stat* s" names a struct and defines none
};

const SymbolRule* find_symbol_rule(Grammar grammar, std::string_view node);

// A node whose first line belongs to the symbol that it holds: a decorator, `export`, `template`.
bool is_symbol_wrapper(std::string_view node);

}  // namespace cromwell::workspace
