#include "workspace/script_place.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "workspace/one_of.h"
#include "workspace/scoped_walk.h"
#include "workspace/script_node.h"
#include "workspace/script_scope.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;  // empty: none
using Place = ScriptScope;

// Words that are names nowhere and that the grammar takes where nothing else could stand.
bool is_reserved(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords = {
      "break",  "case",     "catch",  "class",  "const",  "continue",   "debugger", "default",
      "delete", "do",       "else",   "enum",   "export", "extends",    "false",    "finally",
      "for",    "function", "if",     "import", "in",     "instanceof", "new",      "null",
      "return", "super",    "switch", "this",   "throw",  "true",       "try",      "typeof",
      "var",    "void",     "while",  "with"};
  return kWords.contains(word);
}

bool is_reserved_in_strict_code(std::string_view word) {
  static constexpr std::array<std::string_view, 9> kWords = {"implements", "interface", "let",
                                                             "package",    "private",   "protected",
                                                             "public",     "static",    "yield"};
  return is_one_of(kWords, word);
}

// Whether what stands there is declared or assigned.
bool is_target(Type parent, Type field) {
  static const std::unordered_map<Type, Type> kFields = {
      {"variable_declarator", "name"},
      {"function_declaration", "name"},
      {"function_expression", "name"},
      {"generator_function", "name"},
      {"class_declaration", "name"},
      {"generator_function_declaration", "name"},
      {"catch_clause", "parameter"},
      {"arrow_function", "parameter"},
      {"pair_pattern", "value"},
      {"assignment_pattern", "left"},
      {"object_assignment_pattern", "left"},
      {"assignment_expression", "left"},
      {"augmented_assignment_expression", "left"},
      {"update_expression", "argument"},
      {"for_in_statement", "left"}};
  static constexpr std::array<Type, 5> kParents = {
      "formal_parameters", "array_pattern", "rest_pattern", "import_clause", "namespace_import"};
  const auto known = kFields.find(parent);
  return known != kFields.end() ? known->second == field : is_one_of(kParents, parent);
}

class ScriptWalk {
 public:
  ScriptWalk(const SyntaxTree& tree, std::string_view text)
      : text_(text),
        is_typescript_(tree.grammar() != Grammar::kJavaScript),
        is_module_(is_module(tree.root())),
        scopes_(text) {}

  std::vector<Misplaced> run(TSNode root) {
    const Place outermost{.is_strict = is_module_ || has_strict_directive(root, text_)};
    scoped_walk(root, outermost, [this](TSNode node, Type field, const Place& place) {
      if (!ts_node_is_named(node) || ts_node_is_error(node)) return place;
      const Fault fault = fault_of(node, field, place);
      if (!fault.empty() && found_.size() < kMaxMisplaced) found_.push_back({line_of(node), fault});
      return scopes_.inside(node, place);
    });
    return std::move(found_);
  }

 private:
  using Check = Fault (ScriptWalk::*)(TSNode, const Place&) const;

  Fault fault_of(TSNode node, Type field, const Place& place) const {
    static const std::unordered_map<Type, Check> kChecks = {
        {"with_statement", &ScriptWalk::with_fault},
        {"number", &ScriptWalk::number_fault},
        {"escape_sequence", &ScriptWalk::escape_fault},
        {"unary_expression", &ScriptWalk::delete_fault},
        {"yield_expression", &ScriptWalk::yield_fault},
        {"await_expression", &ScriptWalk::await_fault},
        {"for_in_statement", &ScriptWalk::for_fault},
        {"super", &ScriptWalk::super_fault},
        {"return_statement", &ScriptWalk::return_fault},
        {"break_statement", &ScriptWalk::break_fault},
        {"continue_statement", &ScriptWalk::continue_fault},
        {"labeled_statement", &ScriptWalk::label_fault},
        {"import_statement", &ScriptWalk::module_fault},
        {"export_statement", &ScriptWalk::module_fault},
        {"private_property_identifier", &ScriptWalk::private_fault},
        {"formal_parameters", &ScriptWalk::parameters_fault}};
    const Type type = type_of(node);
    if (type == "identifier" || type.starts_with("shorthand_property_identifier")) {
      return name_fault(node, field, place);
    }
    if (type == "function_declaration" && place.is_strict && !is_block_of_functions(place.parent)) {
      return "a function that stands in no block";
    }
    const auto known = kChecks.find(type);
    return known == kChecks.end() ? Fault() : (this->*known->second)(node, place);
  }

  // --- Names.

  Fault name_fault(TSNode node, Type field, const Place& place) const {
    const std::string_view word = text_of(node, text_);
    if (is_of_its_own(place.parent)) return {};
    if (is_reserved(word)) return "a keyword out of place";
    const bool is_set =
        type_of(node) == "shorthand_property_identifier_pattern" || is_target(place.parent, field);
    // The grammar reads `await (a)` as a call, and `yield[a]` as a part of what is called yield.
    if ((word == "await" || word == "yield") && !is_set) return {};
    if (word == "await" && (place.is_async || is_module_)) return "await as a name";
    if (word == "yield" && place.is_generator) return "yield as a name";
    if (!place.is_strict) return {};
    if (is_reserved_in_strict_code(word) && !is_typescript_) {
      return "a name that strict code reserves";
    }
    const bool is_special = word == "arguments" || word == "eval";
    return is_special && is_set ? "a name that strict code may not assign" : Fault();
  }

  // Where any word may stand: `<a.default>`, `export { b as default }`, `export * as default`.
  static bool is_of_its_own(Type parent) {
    return parent.starts_with("jsx_") || parent.ends_with("_specifier") ||
           parent == "namespace_export";
  }

  Fault private_fault(TSNode node, const Place& place) const {
    const bool is_use = place.parent == "member_expression" || place.parent == "binary_expression";
    if (!is_use) return {};
    return scopes_.declares_private(text_of(node, text_), place)
               ? Fault()
               : "a private name that its class does not declare";
  }

  // --- Strict code.

  Fault with_fault(TSNode, const Place& place) const {
    return place.is_strict ? "with in strict code" : Fault();
  }

  Fault number_fault(TSNode node, const Place& place) const {
    const std::string_view digits = text_of(node, text_);
    const bool is_octal =
        digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    return place.is_strict && is_octal ? "an octal number in strict code" : Fault();
  }

  Fault escape_fault(TSNode node, const Place& place) const {
    const std::string_view escape = text_of(node, text_);
    const bool is_digit = escape.size() > 1 && escape[1] >= '0' && escape[1] <= '9';
    const std::size_t end = ts_node_end_byte(node);
    const bool goes_on = end < text_.size() && text_[end] >= '0' && text_[end] <= '9';
    const bool is_octal = is_digit && (escape != "\\0" || goes_on);
    return is_octal && (place.is_strict || place.parent == "template_string")
               ? "an octal escape in strict code or a template"
               : Fault();
  }

  Fault delete_fault(TSNode node, const Place& place) const {
    if (!place.is_strict || text_of(field(node, "operator"), text_) != "delete") return {};
    TSNode what = field(node, "argument");
    while (!ts_node_is_null(what) && type_of(what) == "parenthesized_expression") {
      what = ts_node_named_child(what, 0);
    }
    const bool is_name = !ts_node_is_null(what) && type_of(what) == "identifier";
    return is_name ? "delete of a name in strict code" : Fault();
  }

  // --- Functions.

  Fault parameters_fault(TSNode node, const Place& place) const {
    if (!is_script_function(place.parent)) return {};
    bool is_simple = true;
    std::vector<std::string_view> names;
    for_each_child(node, [&](TSNode child) {
      is_simple = is_simple && (!ts_node_is_named(child) || type_of(child) == "identifier" ||
                                type_of(child) == "comment");
    });
    for_each_bound_name(node, [&](TSNode name) { names.push_back(text_of(name, text_)); });
    std::sort(names.begin(), names.end());
    const bool is_twice = std::adjacent_find(names.begin(), names.end()) != names.end();
    const bool must_differ = place.is_strict || !is_simple || place.parent == "arrow_function" ||
                             place.parent == "method_definition";
    return is_twice && must_differ ? "two parameters of one name" : Fault();
  }

  Fault yield_fault(TSNode, const Place& place) const {
    return place.is_generator ? Fault() : "yield outside of a generator";
  }

  bool may_await(const Place& place) const {
    if (place.in_function || place.names >= 0) return place.is_async;
    return is_module_ || is_typescript_;
  }

  Fault await_fault(TSNode, const Place& place) const {
    return may_await(place) ? Fault() : "await outside of an async function";
  }

  Fault for_fault(TSNode node, const Place& place) const {
    return has_word(node, "await") ? await_fault(node, place) : Fault();
  }

  Fault super_fault(TSNode, const Place& place) const {
    const bool is_sound =
        place.parent == "call_expression" ? place.has_super_call : place.has_super;
    return is_sound ? Fault() : "super outside of a method";
  }

  Fault return_fault(TSNode, const Place& place) const {
    const bool is_outside = !place.in_function && is_module_;
    return place.in_static_block || is_outside ? "return outside of a function" : Fault();
  }

  // --- What leaves a loop.

  Fault break_fault(TSNode node, const Place& place) const {
    if (!ts_node_is_null(field(node, "label"))) {
      return scopes_.label_of(node, place) != nullptr ? Fault() : "a label that nothing has";
    }
    return place.in_loop || place.in_switch ? Fault() : "break outside of a loop";
  }

  Fault continue_fault(TSNode node, const Place& place) const {
    if (!ts_node_is_null(field(node, "label"))) {
      const ScriptLabel* const label = scopes_.label_of(node, place);
      return label != nullptr && label->is_loop ? Fault() : "a label that no loop has";
    }
    return place.in_loop ? Fault() : "continue outside of a loop";
  }

  Fault label_fault(TSNode node, const Place& place) const {
    return scopes_.label_of(node, place) == nullptr ? Fault() : "a label within one of its name";
  }

  // --- Statements.

  Fault module_fault(TSNode, const Place& place) const {
    return place.is_top ? Fault() : "import or export within a block";
  }

  static bool is_block_of_functions(Type parent) {
    static constexpr std::array<Type, 6> kParents = {"program",          "statement_block",
                                                     "switch_case",      "switch_default",
                                                     "export_statement", "ambient_declaration"};
    return is_one_of(kParents, parent);
  }

  std::string_view text_;
  bool is_typescript_, is_module_;
  ScriptScopes scopes_;
  std::vector<Misplaced> found_;
};

}  // namespace

std::vector<Misplaced> misplaced_in_script(const SyntaxTree& tree, std::string_view text) {
  if (!is_script(tree.grammar())) return {};
  return ScriptWalk(tree, text).run(tree.root());
}

}  // namespace cromwell::workspace
