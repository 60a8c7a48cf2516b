#include "workspace/script_names.h"

#include <array>
#include <unordered_map>
#include <unordered_set>

#include "workspace/one_of.h"
#include "workspace/scoped_walk.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

// What a block knows a name as.
enum class Kind {
  kLexical,   // let, const, class, import, what a catch takes apart
  kFunction,  // of a block: once more only as a function, where code is not strict
  kVar,       // also a function at a function's top
  kParameter  // also what a catch names: a var may have its name, a function too
};

struct Block {
  int outer;
  bool is_function;  // where a var stays
  std::unordered_map<std::string_view, Kind> names;
};

struct Where {
  int block = -1;
  Type parent;
};

class NameWalk {
 public:
  NameWalk(const SyntaxTree& tree, std::string_view text)
      : text_(text),
        is_typescript_(tree.grammar() != Grammar::kJavaScript),
        is_module_(is_module(tree.root())),
        is_strict_(is_module_ || has_strict_directive(tree.root(), text)) {}

  std::vector<Misplaced> run(TSNode root) {
    scoped_walk(root, Where{}, [this](TSNode node, Type /*field*/, const Where& where) {
      if (!ts_node_is_named(node) || ts_node_is_error(node)) return where;
      return visit(node, where);
    });
    if (!is_typescript_) check_exports();
    return std::move(found_);
  }

 private:
  // The declarations of this one node; where its children stand.
  Where visit(TSNode node, const Where& where) {
    const Type type = type_of(node);
    Where inner{.block = where.block, .parent = type};
    if (is_script_function(type)) {
      declare_function(node, type, where);
      inner.block = add_block(where.block, true);
      declare_parameters(node, inner.block);
    } else if (opens_block(type, where)) {
      inner.block = add_block(where.block, type == "program" || is_namespace(where.parent));
    }
    if (type == "catch_clause") {
      declare_caught(field(node, "parameter"), inner.block);
    } else if (type == "lexical_declaration" || type == "variable_declaration") {
      declare_variables(node, type == "lexical_declaration", where.block);
    } else if (type == "for_in_statement") {
      declare_loop(node, inner.block);
    } else if (type == "class_declaration" && where.parent != "ambient_declaration") {
      declare_name(field(node, "name"), Kind::kLexical, where.block);
    } else if (type == "import_clause" && !is_typescript_) {
      declare_imports(node, where.block);
    } else if (type == "export_statement") {
      note_export(node);
    }
    return inner;
  }

  static bool is_namespace(Type type) {
    return type == "module" || type == "internal_module" || type == "ambient_declaration";
  }

  // A function's body and what a catch runs share the block of their parameters.
  static bool opens_block(Type type, const Where& where) {
    static constexpr std::array<Type, 5> kBlocks = {"program", "switch_body", "for_statement",
                                                    "for_in_statement", "catch_clause"};
    if (type == "statement_block") {
      return !is_script_function(where.parent) && where.parent != "catch_clause";
    }
    return is_one_of(kBlocks, type);
  }

  int add_block(int outer, bool is_function) {
    blocks_.push_back({outer, is_function, {}});
    return static_cast<int>(blocks_.size()) - 1;
  }

  void add(TSNode node, std::string_view what) {
    if (found_.size() < kMaxMisplaced) found_.push_back({line_of(node), what});
  }

  // --- Declarations.

  void declare_name(TSNode name, Kind kind, int block) {
    if (ts_node_is_null(name) || block < 0) return;
    if (kind == Kind::kVar) return declare_var(name, block);
    auto& names = blocks_[static_cast<std::size_t>(block)].names;
    const auto [known, is_new] = names.try_emplace(text_of(name, text_), kind);
    if (is_new) return;
    const bool may_repeat =
        kind == Kind::kFunction && known->second == Kind::kFunction && !is_strict_;
    if (!may_repeat) add(name, "a name that its block has declared already");
  }

  void declare_var(TSNode name, int block) {
    const std::string_view word = text_of(name, text_);
    for (int at = block; at >= 0; at = blocks_[static_cast<std::size_t>(at)].outer) {
      Block& one = blocks_[static_cast<std::size_t>(at)];
      const auto [known, is_new] = one.names.try_emplace(word, Kind::kVar);
      if (!is_new && (known->second == Kind::kLexical || known->second == Kind::kFunction)) {
        return add(name, "a name that its block has declared already");
      }
      if (one.is_function) return;
    }
  }

  void declare_variables(TSNode declaration, bool is_lexical, int block) {
    for_each_child(declaration, [&](TSNode child) {
      if (type_of(child) != "variable_declarator") return;
      for_each_bound_name(field(child, "name"), [&](TSNode name) {
        declare_name(name, is_lexical ? Kind::kLexical : Kind::kVar, block);
      });
    });
  }

  void declare_loop(TSNode loop, int block) {
    const TSNode kind = field(loop, "kind");
    if (ts_node_is_null(kind)) return;
    const bool is_lexical = type_of(kind) != "var";
    for_each_bound_name(field(loop, "left"), [&](TSNode name) {
      declare_name(name, is_lexical ? Kind::kLexical : Kind::kVar, block);
    });
  }

  void declare_function(TSNode function, Type type, const Where& where) {
    if (!type.ends_with("_declaration") || where.block < 0) return;
    const bool is_at_top = blocks_[static_cast<std::size_t>(where.block)].is_function;
    const bool is_of_module =
        is_module_ && blocks_[static_cast<std::size_t>(where.block)].outer < 0;
    const bool is_plain = type == "function_declaration" && !has_word(function, "async");
    const Kind kind = is_of_module ? Kind::kLexical
                      : is_at_top  ? Kind::kVar
                      : is_plain   ? Kind::kFunction
                                   : Kind::kLexical;
    declare_name(field(function, "name"), kind, where.block);
  }

  void declare_parameters(TSNode function, int block) {
    auto& names = blocks_[static_cast<std::size_t>(block)].names;
    for (const char* name : {"parameters", "parameter"}) {
      for_each_bound_name(field(function, name), [&](TSNode parameter) {
        names.try_emplace(text_of(parameter, text_), Kind::kParameter);
      });
    }
  }

  void declare_caught(TSNode parameter, int block) {
    if (ts_node_is_null(parameter)) return;
    const bool is_name = type_of(parameter) == "identifier";
    for_each_bound_name(parameter, [&](TSNode name) {
      declare_name(name, is_name ? Kind::kParameter : Kind::kLexical, block);
    });
  }

  void declare_imports(TSNode clause, int block) {
    for_each_child(clause, [&](TSNode child) {
      const Type type = type_of(child);
      if (type == "identifier") declare_name(child, Kind::kLexical, block);
      if (type == "namespace_import") {
        declare_name(ts_node_named_child(child, 0), Kind::kLexical, block);
      }
      if (type != "named_imports") return;
      for_each_child(child, [&](TSNode one) {
        if (type_of(one) != "import_specifier") return;
        const TSNode alias = field(one, "alias");
        declare_name(ts_node_is_null(alias) ? field(one, "name") : alias, Kind::kLexical, block);
      });
    });
  }

  // --- Exports.

  void note_export(TSNode statement) {
    const TSNode declaration = field(statement, "declaration");
    if (has_word(statement, "default")) return note_exported(statement, "default");
    if (!ts_node_is_null(declaration)) return note_declared(declaration);
    const bool is_from = !ts_node_is_null(field(statement, "source"));
    for_each_child(statement, [&](TSNode clause) {
      if (type_of(clause) != "export_clause") return;
      for_each_child(clause, [&](TSNode one) {
        if (type_of(one) != "export_specifier") return;
        const TSNode name = field(one, "name"), alias = field(one, "alias");
        note_exported(one, text_of(ts_node_is_null(alias) ? name : alias, text_));
        if (!is_from) locals_.push_back(name);
      });
    });
  }

  void note_declared(TSNode declaration) {
    const TSNode name = field(declaration, "name");
    if (!ts_node_is_null(name)) return note_exported(name, text_of(name, text_));
    for_each_child(declaration, [&](TSNode child) {
      if (type_of(child) != "variable_declarator") return;
      for_each_bound_name(field(child, "name"),
                          [&](TSNode one) { note_exported(one, text_of(one, text_)); });
    });
  }

  void note_exported(TSNode node, std::string_view name) {
    if (!is_typescript_ && !exported_.insert(name).second) add(node, "a name exported twice");
  }

  void check_exports() {
    for (const TSNode name : locals_) {
      if (blocks_.front().names.contains(text_of(name, text_))) continue;
      add(name, "an export of what is not declared");
    }
  }

  std::string_view text_;
  bool is_typescript_, is_module_, is_strict_;
  std::vector<Block> blocks_;  // the first is the file's
  std::unordered_set<std::string_view> exported_;
  std::vector<TSNode> locals_;  // exported by a name that must be there
  std::vector<Misplaced> found_;
};

}  // namespace

std::vector<Misplaced> misnamed_in_script(const SyntaxTree& tree, std::string_view text) {
  if (!is_script(tree.grammar())) return {};
  return NameWalk(tree, text).run(tree.root());
}

}  // namespace cromwell::workspace
