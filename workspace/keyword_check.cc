#include "workspace/keyword_check.h"

#include <algorithm>
#include <array>

#include "workspace/scoped_walk.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

struct Scope {
  bool may_be_any_word = false;
};

// Those that are names in no edition from 2018 on and stand for themselves nowhere. A text of 2015
// that uses one as a name has done so before.
bool is_keyword_of_rust(std::string_view word) {
  static constexpr std::array<std::string_view, 35> kKeywords = {
      "as",     "async", "await", "break", "const",  "continue", "dyn",    "else",   "enum",
      "extern", "false", "fn",    "for",   "if",     "impl",     "in",     "let",    "loop",
      "match",  "mod",   "move",  "mut",   "pub",    "ref",      "return", "static", "struct",
      "trait",  "true",  "try",   "type",  "unsafe", "use",      "where",  "while"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

// Those of C and C++ that no macro is called by.
bool is_keyword_of_c(std::string_view word) {
  static constexpr std::array<std::string_view, 20> kKeywords = {
      "break",  "case",   "continue", "default", "do",     "else",  "enum",
      "for",    "goto",   "if",       "int",     "return", "short", "static",
      "struct", "switch", "typedef",  "union",   "void",   "while"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

// A macro may be given any words, and 'static is a lifetime.
Scope inside_of_rust(Type type, Scope scope) {
  const bool is_free =
      type == "lifetime" || type.starts_with("token_") || type.starts_with("macro_");
  return {.may_be_any_word = scope.may_be_any_word || is_free};
}

// What looks like a call may be a macro; `#define static`, but not what stands between #if and
// #endif.
Scope inside_of_c(Type type, Scope scope) {
  if (type.starts_with("preproc_if") || type.starts_with("preproc_el")) return {};
  const bool is_free = type.starts_with("preproc_") || type == "argument_list" ||
                       type == "macro_type_specifier" || type == "ERROR";
  return {.may_be_any_word = scope.may_be_any_word || is_free};
}

bool is_name(Type type) {
  return type == "identifier" || type == "type_identifier" || type == "field_identifier" ||
         type == "statement_identifier";
}

}  // namespace

std::vector<Misplaced> misplaced_keywords(const SyntaxTree& tree, std::string_view text) {
  std::vector<Misplaced> found;
  const bool of_c = is_c(tree.grammar());
  if (!of_c && tree.grammar() != Grammar::kRust) return found;
  scoped_walk(tree.root(), Scope{}, [&](TSNode node, Type /*field*/, Scope scope) {
    const Type type = type_of(node);
    if (is_name(type) && !scope.may_be_any_word && found.size() < kMaxMisplaced) {
      const std::string_view word = text_of(node, text);
      const bool is_keyword = of_c ? is_keyword_of_c(word) : is_keyword_of_rust(word);
      if (is_keyword) found.push_back({line_of(node), "a keyword out of place"});
    }
    return of_c ? inside_of_c(type, scope) : inside_of_rust(type, scope);
  });
  return found;
}

}  // namespace cromwell::workspace
