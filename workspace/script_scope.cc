#include "workspace/script_scope.h"

#include <array>
#include <utility>

#include "workspace/one_of.h"
#include "workspace/script_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;

constexpr std::array<Type, 4> kLoops = {"for_statement", "while_statement", "for_in_statement",
                                        "do_statement"};

bool is_namespace(Type type) {
  return type == "module" || type == "internal_module" || type == "ambient_declaration";
}

}  // namespace

ScriptScope ScriptScopes::inside(TSNode node, const ScriptScope& scope) {
  const Type type = type_of(node);
  ScriptScope inner = scope;
  inner.parent = type;
  inner.is_top = type == "program" || (type == "statement_block" && is_namespace(scope.parent));
  if (is_script_function(type)) {
    enter_function(node, scope, inner);
  } else if (type == "class_body") {
    inner.names = add_class(node, scope);
  } else if (type == "field_definition" || type == "public_field_definition") {
    inner.has_super = true;
    inner.has_super_call = inner.in_function = inner.is_async = inner.is_generator = false;
  } else if (is_one_of(kLoops, type)) {
    inner.in_loop = true;
  } else if (type == "switch_statement") {
    inner.in_switch = true;
  } else if (type == "labeled_statement") {
    inner.label = add_label(node, scope);
  } else if (type.ends_with("class_declaration") || type == "class") {
    inner.is_strict = true;
    for_each_child(node, [&](TSNode child) {
      inner.is_derived = inner.is_derived || type_of(child) == "class_heritage";
    });
  }
  return inner;
}

void ScriptScopes::enter_function(TSNode node, const ScriptScope& scope, ScriptScope& inner) const {
  const Type type = type_of(node);
  inner.in_function = true;
  inner.in_loop = inner.in_switch = false;
  inner.label = -1;
  inner.is_async = has_word(node, "async");
  inner.is_generator = type.starts_with("generator_") || has_word(node, "*");
  inner.in_static_block = type == "class_static_block";
  const TSNode body = field(node, "body");
  if (!ts_node_is_null(body) && type_of(body) == "statement_block") {
    inner.is_strict = inner.is_strict || has_strict_directive(body, text_);
  }
  if (type == "arrow_function") return;
  const bool is_method = type == "method_definition";
  inner.has_super = is_method || type == "class_static_block";
  inner.has_super_call = is_method && scope.parent == "class_body" && scope.is_derived &&
                         text_of(field(node, "name"), text_) == "constructor";
}

int ScriptScopes::add_class(TSNode body, const ScriptScope& scope) {
  PrivateNames names{.names = {}, .outer = scope.names};
  for_each_child(body, [&](TSNode member) {
    for (const char* name : {"name", "property"}) {
      const TSNode found = field(member, name);
      if (!ts_node_is_null(found)) names.names.insert(text_of(found, text_));
    }
  });
  classes_.push_back(std::move(names));
  return static_cast<int>(classes_.size()) - 1;
}

int ScriptScopes::add_label(TSNode statement, const ScriptScope& scope) {
  TSNode body = field(statement, "body");
  while (!ts_node_is_null(body) && type_of(body) == "labeled_statement") {
    body = field(body, "body");
  }
  const bool is_loop = !ts_node_is_null(body) && is_one_of(kLoops, type_of(body));
  labels_.push_back({text_of(field(statement, "label"), text_), is_loop, scope.label});
  return static_cast<int>(labels_.size()) - 1;
}

const ScriptLabel* ScriptScopes::label_of(TSNode statement, const ScriptScope& scope) const {
  const std::string_view name = text_of(field(statement, "label"), text_);
  for (int at = scope.label; at >= 0;) {
    const ScriptLabel& label = labels_[static_cast<std::size_t>(at)];
    if (label.name == name) return &label;
    at = label.outer;
  }
  return nullptr;
}

bool ScriptScopes::declares_private(std::string_view name, const ScriptScope& scope) const {
  for (int at = scope.names; at >= 0; at = classes_[static_cast<std::size_t>(at)].outer) {
    if (classes_[static_cast<std::size_t>(at)].names.contains(name)) return true;
  }
  return false;
}

}  // namespace cromwell::workspace
