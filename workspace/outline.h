// Outline: the symbols that a source text defines, read off its syntax tree. Bounded: a hostile
// text gives at most kMaxSymbols. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {

enum class SymbolKind : unsigned char {
  kFunction,
  kMethod,
  kClass,  // also struct, union, record, trait, interface
  kEnum,
  kType,  // an alias
  kModule,
  kVariable,  // also a constant or a key of a JSON file
  kMacro,
};

const char* symbol_kind_name(SymbolKind kind);

struct Symbol {
  SymbolKind kind = SymbolKind::kFunction;
  std::string name;
  std::string container;  // the names of what it stands in, joined by '.'; may be empty
  LineRange lines;        // with its decorators, without the comment before it
  std::string signature;  // its head on one line, cut at kMaxSignatureBytes
  int depth = 0;          // how many symbols it stands in
};

inline constexpr std::size_t kMaxSymbols = 20'000;  // of one file
inline constexpr std::size_t kMaxSignatureBytes = 200;

// In the order of the text. `text` is what the tree was parsed from.
std::vector<Symbol> outline_of(const SyntaxTree& tree, std::string_view text);

// Of the file's text; empty where there is no tree.
std::vector<Symbol> outline_of(const TextFile& file, std::string_view name);

}  // namespace cromwell::workspace
