#include "workspace/python_scope.h"

#include <optional>
#include <unordered_set>

#include "workspace/python_lists.h"
#include "workspace/scoped_walk.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Names = std::unordered_set<std::string_view>;

enum class Kind { kModule, kClass, kFunction, kComprehension };

struct Scope {
  Kind kind;
  int outer;
  Names seen, parameters, global, nonlocal;
};

struct Where {
  int scope = -1;  // -1: whose names say nothing
};

struct Wanted {  // a name that a function around it must have
  TSNode name;
  int scope;
};

class ScopeWalk {
 public:
  explicit ScopeWalk(std::string_view text) : text_(text) {}

  std::vector<Misplaced> run(TSNode root) {
    scoped_walk(root, Where{}, [this](TSNode node, Type field, const Where& where) {
      return visit(node, field, where);
    });
    for (const Wanted& one : wanted_) {
      if (!is_known_around(one)) add(one.name, "nonlocal of a name that no function around has");
    }
    return std::move(found_);
  }

 private:
  Where visit(TSNode node, Type field_name, const Where& where) {
    const Type type = type_of(node);
    if (type == "function_definition" || type == "lambda" || type == "class_definition") {
      note(field(node, "name"), where);
    }
    if (const auto kind = kind_of(type)) return open(*kind, node, where);
    if (where.scope < 0) return where;
    if (type == "identifier" && is_name(field_name)) note(node, where);
    if (type == "global_statement") take_global(node, where);
    if (type == "nonlocal_statement") take_nonlocal(node, where);
    if (type == "wildcard_import" && scope(where).kind != Kind::kModule) {
      add(node, "import * within a function or a class");
    }
    const bool is_header = field_name == "return_type" || field_name == "superclasses";
    if (is_header) return {.scope = scope(where).outer};
    return says_nothing(type) ? Where{} : where;
  }

  static std::optional<Kind> kind_of(Type type) {
    if (type == "module") return Kind::kModule;
    if (type == "class_definition") return Kind::kClass;
    if (type == "function_definition" || type == "lambda") return Kind::kFunction;
    const bool is_inner = type.ends_with("_comprehension") || type == "generator_expression";
    return is_inner ? std::optional(Kind::kComprehension) : std::nullopt;
  }

  // Whose identifiers are no uses.
  static bool says_nothing(Type type) {
    return type == "global_statement" || type == "nonlocal_statement" || type == "dotted_name" ||
           type == "parameters" || type == "lambda_parameters";
  }

  // `a.b` and `f(b=1)` do not use b.
  static bool is_name(Type field_name) { return field_name != "attribute" && field_name != "name"; }

  Where open(Kind kind, TSNode node, const Where& where) {
    scopes_.push_back({kind, where.scope, {}, {}, {}, {}});
    const Where inner{.scope = static_cast<int>(scopes_.size()) - 1};
    if (kind != Kind::kFunction) return inner;
    for_each_child(field(node, "parameters"), [&](TSNode parameter) {
      const TSNode name = python_parameter_name(parameter);
      if (!ts_node_is_null(name)) scope(inner).parameters.insert(text_of(name, text_));
    });
    return inner;
  }

  Scope& scope(const Where& where) { return scopes_[static_cast<std::size_t>(where.scope)]; }

  void note(TSNode name, const Where& where) {
    if (!ts_node_is_null(name) && where.scope >= 0) scope(where).seen.insert(text_of(name, text_));
  }

  void take_global(TSNode statement, const Where& where) {
    for_each_name(statement, [&](TSNode name, std::string_view word) {
      Scope& here = scope(where);
      if (here.parameters.contains(word)) return add(name, "global of a parameter");
      if (here.seen.contains(word)) return add(name, "global of a name that was used before");
      if (here.nonlocal.contains(word)) return add(name, "global of what is nonlocal");
      here.global.insert(word);
    });
  }

  void take_nonlocal(TSNode statement, const Where& where) {
    for_each_name(statement, [&](TSNode name, std::string_view word) {
      Scope& here = scope(where);
      if (here.kind == Kind::kModule) return add(name, "nonlocal outside of a function");
      if (here.parameters.contains(word)) return add(name, "nonlocal of a parameter");
      if (here.seen.contains(word)) return add(name, "nonlocal of a name that was used before");
      if (here.global.contains(word)) return add(name, "nonlocal of what is global");
      here.nonlocal.insert(word);
      wanted_.push_back({name, where.scope});
    });
  }

  template <class Visit>
  void for_each_name(TSNode statement, Visit visit) {
    for_each_child(statement, [&](TSNode child) {
      if (type_of(child) == "identifier") visit(child, text_of(child, text_));
    });
  }

  // A use in one counts as well: only what is certain is a fault.
  bool is_known_around(const Wanted& wanted) const {
    const std::string_view word = text_of(wanted.name, text_);
    int at = scopes_[static_cast<std::size_t>(wanted.scope)].outer;
    while (at >= 0) {
      const Scope& one = scopes_[static_cast<std::size_t>(at)];
      const bool has_it =
          one.seen.contains(word) || one.parameters.contains(word) || one.nonlocal.contains(word);
      if (one.kind == Kind::kFunction && has_it) return true;
      at = one.outer;
    }
    return false;
  }

  void add(TSNode node, std::string_view what) {
    if (found_.size() < kMaxMisplaced) found_.push_back({line_of(node), what});
  }

  std::string_view text_;
  std::vector<Scope> scopes_;
  std::vector<Wanted> wanted_;
  std::vector<Misplaced> found_;
};

}  // namespace

std::vector<Misplaced> misscoped(const SyntaxTree& tree, std::string_view text) {
  if (tree.grammar() != Grammar::kPython) return {};
  return ScopeWalk(text).run(tree.root());
}

}  // namespace cromwell::workspace
