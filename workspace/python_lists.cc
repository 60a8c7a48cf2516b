#include "workspace/python_lists.h"

#include <algorithm>
#include <vector>

#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Type = std::string_view;
using Fault = std::string_view;

Type kind_of(TSNode parameter) {
  const Type type = type_of(parameter);
  const TSNode inner = ts_node_named_child(parameter, 0);
  return type == "typed_parameter" && !ts_node_is_null(inner) ? type_of(inner) : type;
}

// What the parameters before say of those that follow.
class Parameters {
 public:
  Fault take(TSNode parameter, std::string_view text) {
    const Type kind = kind_of(parameter);
    if (has_all_) return "a parameter after \"**\"";
    if (kind == "tuple_pattern") return "a parameter that is no name";
    if (kind == "positional_separator") return take_slash();
    const Fault fault = take_kind(kind, ts_node_is_null(field(parameter, "value")));
    const TSNode name = python_parameter_name(parameter);
    if (!ts_node_is_null(name)) names_.push_back(text_of(name, text));
    ++count_;
    return fault;
  }

  Fault finish() {
    if (is_bare_) return "a \"*\" with nothing after it";
    std::sort(names_.begin(), names_.end());
    const bool is_twice = std::adjacent_find(names_.begin(), names_.end()) != names_.end();
    return is_twice ? "two parameters of one name" : Fault();
  }

 private:
  Fault take_slash() {
    if (has_star_ || has_slash_ || count_ == 0) return "a \"/\" out of place";
    has_slash_ = true;
    return {};
  }

  Fault take_kind(Type kind, bool needs_value) {
    if (kind == "dictionary_splat_pattern") {
      has_all_ = true;
      return is_bare_ ? "a \"*\" with nothing after it" : Fault();
    }
    if (kind == "keyword_separator" || kind == "list_splat_pattern") {
      if (has_star_) return "a second \"*\"";
      has_star_ = true;
      is_bare_ = kind == "keyword_separator";
      return {};
    }
    is_bare_ = false;
    has_default_ = has_default_ || !needs_value;
    return needs_value && has_default_ && !has_star_ ? "a parameter without a default after one"
                                                     : Fault();
  }

  int count_ = 0;
  bool has_slash_ = false, has_star_ = false, has_all_ = false, has_default_ = false;
  bool is_bare_ = false;  // the last was a lone "*"
  std::vector<std::string_view> names_;
};

}  // namespace

TSNode python_parameter_name(TSNode parameter) {
  const TSNode name = field(parameter, "name");
  TSNode node = ts_node_is_null(name) ? parameter : name;
  while (!ts_node_is_null(node) && type_of(node) != "identifier") {
    node = ts_node_named_child(node, 0);
  }
  return node;
}

std::string_view python_parameters_fault(TSNode parameters, std::string_view text) {
  Parameters taken;
  Fault fault;
  for_each_child(parameters, [&](TSNode child) {
    const Type type = type_of(child);
    const bool is_extra = type == "comment" || type == "line_continuation";
    if (!ts_node_is_named(child) || is_extra || !fault.empty()) return;
    fault = taken.take(child, text);
  });
  return fault.empty() ? taken.finish() : fault;
}

std::string_view python_arguments_fault(TSNode arguments, std::string_view text) {
  bool has_keyword = false, has_all = false, is_empty = true;
  std::vector<std::string_view> names;
  Fault fault;
  for_each_child(arguments, [&](TSNode child) {
    const Type type = type_of(child);
    if (type == "comment" || type == "line_continuation" || type == "(" || type == ")") return;
    if (type == "," && is_empty) fault = "a comma with nothing before it";
    is_empty = false;
    if (type == ",") return;
    if (type == "keyword_argument") {
      has_keyword = true;
      names.push_back(text_of(field(child, "name"), text));
    } else if (type == "dictionary_splat") {
      has_all = true;
    } else if (has_all || (has_keyword && type != "list_splat")) {
      fault = "an argument after one with a name";
    }
  });
  std::sort(names.begin(), names.end());
  const bool is_twice = std::adjacent_find(names.begin(), names.end()) != names.end();
  return fault.empty() && is_twice ? "two arguments of one name" : fault;
}

}  // namespace cromwell::workspace
