#include "workspace/placement_check.h"

#include <array>
#include <string>

#include "workspace/one_of.h"
#include "workspace/scoped_walk.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using enum Grammar;
using Type = std::string_view;

// What encloses a node.
struct Scope {
  bool at_top = true;       // of the file, a namespace or a module
  bool in_impl = false;     // of Rust, before its braces
  bool in_members = false;  // ... and within them
  bool in_function = false;
  bool is_async = false;
  bool in_loop = false;
  bool else_in_loop = false;  // where the next `else` is a loop's, which is not in it
};

// --- Statements at the top of a file.

constexpr std::array<Type, 8> kGoTop = {
    "package_clause",   "import_declaration", "function_declaration", "method_declaration",
    "type_declaration", "var_declaration",    "const_declaration",    "comment"};
// Whose children stand where it stands itself.
constexpr std::array<Type, 12> kTransparent = {
    "source_file",      "translation_unit",     "program",
    "preproc_if",       "preproc_ifdef",        "preproc_else",
    "preproc_elif",     "preproc_elifdef",      "linkage_specification",
    "declaration_list", "namespace_definition", "mod_item"};

// A macro that looks like a call may stand for a declaration.
bool is_macro_like(TSNode statement, Grammar grammar) {
  if (ts_node_named_child_count(statement) == 0) return true;
  const Type type = type_of(ts_node_named_child(statement, 0));
  if (grammar == kRust) return type == "macro_invocation";
  return type == "call_expression" || type == "identifier";
}

// Behind what is no end of an item, a block may belong to a macro that stands for its function.
bool follows_whole_item(TSNode block) {
  TSNode before = ts_node_prev_sibling(block);
  while (!ts_node_is_null(before) && type_of(before) == "comment") {
    before = ts_node_prev_sibling(before);
  }
  if (ts_node_is_null(before)) return false;
  const uint32_t count = ts_node_child_count(before);
  const bool ends = count > 0 && type_of(ts_node_child(before, count - 1)) == ";";
  return ends || type_of(before) == "function_definition";
}

bool cannot_stand_at_top(TSNode node, Grammar grammar) {
  const Type type = type_of(node);
  if (type == "expression_statement" && grammar != kGo && is_macro_like(node, grammar))
    return false;
  switch (grammar) {
    case kGo:
      return !is_one_of(kGoTop, type);
    case kRust:
      return type == "let_declaration" || type == "expression_statement" || type == "block" ||
             type.ends_with("_expression");
    case kC:
    case kCpp:
      if (type == "compound_statement") return follows_whole_item(node);
      return type.ends_with("_statement") && type != "attributed_statement";
    case kJava:
      return type.ends_with("_statement") || type == "local_variable_declaration" ||
             type == "block";
    default:
      return false;
  }
}

constexpr std::array<Type, 11> kRustMembers = {
    "function_item",   "function_signature_item", "const_item",         "type_item",
    "associated_type", "macro_invocation",        "attribute_item",     "inner_attribute_item",
    "line_comment",    "block_comment",           "visibility_modifier"};

// `class A { ... }` in C reads as a function A of the type `class`. `struct EXPORT A { ... }` reads
// so too and is none.
bool is_no_function(TSNode node) {
  if (type_of(node) != "function_definition") return false;
  const TSNode type = ts_node_child_by_field_name(node, "type", 4);
  const TSNode declarator = ts_node_child_by_field_name(node, "declarator", 10);
  return !ts_node_is_null(type) && type_of(type) == "type_identifier" &&
         !ts_node_is_null(declarator) && type_of(declarator) == "identifier";
}

std::string_view misplaced_item(TSNode node, Grammar grammar, const Scope& scope) {
  if (grammar == kC && is_no_function(node)) return "a body behind what is no function";
  if (scope.in_members && !is_one_of(kRustMembers, type_of(node)) &&
      !is_macro_like(node, grammar)) {
    return "what is no member of an impl or a trait";
  }
  if (!scope.at_top || is_one_of(kTransparent, type_of(node))) return {};
  return cannot_stand_at_top(node, grammar) ? "a statement outside of a function"
                                            : std::string_view();
}

// --- What leaves a function or a loop.

constexpr std::array<Type, 2> kFunctions = {"function_definition", "lambda"};
constexpr std::array<Type, 2> kLoops = {"for_statement", "while_statement"};

bool waits(TSNode node, Type type) {
  const bool may = type == "for_statement" || type == "with_statement";
  return type == "await" || (may && has_word(node, "async"));
}

std::string_view python_misplaced(TSNode node, const Scope& scope) {
  const Type type = type_of(node);
  if (type == "return_statement" && !scope.in_function) return "return outside of a function";
  if (type == "yield" && !scope.in_function) return "yield outside of a function";
  if (waits(node, type) && !scope.is_async) return "await outside of an async function";
  if (type == "break_statement" && !scope.in_loop) return "break outside of a loop";
  if (type == "continue_statement" && !scope.in_loop) return "continue outside of a loop";
  return {};
}

std::string_view fault(TSNode node, Grammar grammar, const Scope& scope) {
  return grammar == kPython ? python_misplaced(node, scope) : misplaced_item(node, grammar, scope);
}

// The scope of the children of `node`, which is in `scope`.
Scope inside(TSNode node, const Scope& scope) {
  const Type type = type_of(node);
  Scope inner = scope;
  inner.at_top = scope.at_top && is_one_of(kTransparent, type);
  inner.in_members = scope.in_impl && type == "declaration_list";
  inner.in_impl = type == "impl_item" || type == "trait_item";
  inner.else_in_loop = scope.in_loop;
  if (type == "class_definition") {
    inner.in_function = inner.is_async = inner.in_loop = false;
  } else if (is_one_of(kFunctions, type)) {
    inner.in_function = true;
    inner.is_async = has_word(node, "async");
    inner.in_loop = false;
  } else if (is_one_of(kLoops, type)) {
    inner.in_loop = true;
  } else if (type == "else_clause") {
    inner.in_loop = scope.else_in_loop;
  }
  return inner;
}

}  // namespace

std::vector<Misplaced> misplaced(const SyntaxTree& tree) {
  std::vector<Misplaced> found;
  if (is_script(tree.grammar())) return found;
  scoped_walk(tree.root(), Scope{}, [&](TSNode node, Type /*field*/, const Scope& scope) {
    if (ts_node_is_named(node) && !ts_node_is_error(node) && found.size() < kMaxMisplaced) {
      const std::string_view what = fault(node, tree.grammar(), scope);
      if (!what.empty()) found.push_back({line_of(node), what});
    }
    return inside(node, scope);
  });
  return found;
}

}  // namespace cromwell::workspace
