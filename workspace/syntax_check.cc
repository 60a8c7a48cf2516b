#include "workspace/syntax_check.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "workspace/directive_check.h"
#include "workspace/go_check.h"
#include "workspace/head_check.h"
#include "workspace/java_check.h"
#include "workspace/keyword_check.h"
#include "workspace/loose_statement.h"
#include "workspace/macro_check.h"
#include "workspace/placement_check.h"
#include "workspace/python_check.h"
#include "workspace/python_lines.h"
#include "workspace/python_scope.h"
#include "workspace/redeclaration_check.h"
#include "workspace/rust_check.h"
#include "workspace/script_check.h"
#include "workspace/script_names.h"
#include "workspace/script_node.h"
#include "workspace/script_place.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

constexpr std::size_t kMaxShownBytes = 40;

// The first line of what stands there, short.
std::string excerpt(TSNode node, std::string_view text) {
  const std::string_view found = text_of(node, text);
  return std::string(base::utf8_prefix(found.substr(0, found.find('\n')), kMaxShownBytes));
}

SyntaxError describe(TSNode node, std::string_view text) {
  if (ts_node_is_missing(node)) {
    return {line_of(node), "expected \"" + std::string(ts_node_type(node)) + "\""};
  }
  const std::string found = excerpt(node, text);
  return {line_of(node), found.empty() ? "unexpected end" : "unexpected \"" + found + "\""};
}

struct Split {
  std::vector<SyntaxError> inside, outside;
};

Split split(std::vector<SyntaxError> errors, LineRange lines) {
  Split result;
  for (SyntaxError& error : errors) {
    const bool inside = error.line >= lines.first && error.line <= lines.last;
    (inside ? result.inside : result.outside).push_back(std::move(error));
  }
  return result;
}

// What the grammar takes, looking at one node alone, and its language does not; null where it is
// not looked for.
using NodeFault = std::string_view (*)(TSNode node, std::string_view text);

NodeFault node_fault_of(Grammar grammar) {
  if (grammar == Grammar::kPython) return python_fault;
  if (grammar == Grammar::kGo) return go_fault;
  if (grammar == Grammar::kRust) return rust_fault;
  if (grammar == Grammar::kJava) return java_fault;
  if (is_script(grammar)) return script_fault;
  return nullptr;
}

// What the grammar does not take, and what a look at single nodes finds.
void add_parse_errors(const SyntaxTree& tree, std::string_view text,
                      std::vector<SyntaxError>& errors) {
  const NodeFault node_fault = node_fault_of(tree.grammar());
  if (!ts_node_has_error(tree.root()) && node_fault == nullptr) return;
  TreeWalk walk(tree.root());
  bool into = true;
  do {
    const TSNode node = walk.node();
    if (ts_node_is_error(node) || ts_node_is_missing(node)) {
      errors.push_back(describe(node, text));
    } else if (node_fault != nullptr) {
      const std::string_view fault = node_fault(node, text);
      if (!fault.empty()) errors.push_back({line_of(node), std::string(fault)});
    }
    into = node_fault != nullptr || ts_node_has_error(node);
  } while (errors.size() < kMaxSyntaxErrors && walk.next(into));
}

void add_misplaced(const std::vector<Misplaced>& found, std::vector<SyntaxError>& errors) {
  for (const Misplaced& one : found) errors.push_back({one.line, std::string(one.what)});
}

// Those in whose lines nothing is known to be wrong.
void add_unknown(const std::vector<Misplaced>& found, std::vector<SyntaxError>& errors) {
  for (const Misplaced& one : found) {
    const auto is_there = [&](const SyntaxError& error) { return error.line == one.line; };
    if (std::none_of(errors.begin(), errors.end(), is_there)) add_misplaced({one}, errors);
  }
}

// None past a limit. The tree is gone when it returns: two at a time would be twice the memory.
std::optional<std::vector<SyntaxError>> errors_in(std::string_view text, std::string_view old_text,
                                                  Grammar grammar, const ParseLimits& limits) {
  const auto tree = SyntaxTree::parse(text, grammar, limits);
  if (!tree) return std::nullopt;
  auto errors = syntax_errors(*tree, text);
  if (is_c(grammar)) {
    add_misplaced(strange_calls(*tree, text, old_text), errors);
    add_misplaced(lost_macros(old_text, text), errors);
  }
  return errors;
}

}  // namespace

std::vector<SyntaxError> syntax_errors(const SyntaxTree& tree, std::string_view text) {
  std::vector<SyntaxError> errors;
  add_parse_errors(tree, text, errors);
  const auto add = [&errors](const std::vector<Misplaced>& found) { add_misplaced(found, errors); };
  add(misplaced(tree));
  add(misplaced_heads(tree));
  add(misplaced_keywords(tree, text));
  add(misplaced_in_script(tree, text));
  add(misnamed_in_script(tree, text));
  add(misscoped(tree, text));
  add(broken_lines(tree, text));
  if (is_c(tree.grammar())) {
    add(misplaced_directives(text));
    add_unknown(loose_statements(text, tree.grammar()), errors);
  }
  for (const int line : redeclared_lines(tree, text)) {
    errors.push_back({line, "a name that its block has declared already"});
  }
  return errors;
}

std::optional<std::vector<SyntaxError>> new_syntax_errors(const SyntaxChange& change,
                                                          Grammar grammar,
                                                          const ParseLimits& limits) {
  auto found = errors_in(change.new_text, change.old_text, grammar, limits);
  if (!found || found->empty()) return found;
  auto known = errors_in(change.old_text, change.old_text, grammar, limits);
  if (!known) return std::nullopt;

  const auto count_lines = [](std::string_view text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  };
  const int grown = count_lines(change.new_text) - count_lines(change.old_text);
  const Split before = split(std::move(*known), change.region);
  const Split after = split(std::move(*found), {change.region.first, change.region.last + grown});
  std::vector<SyntaxError> added;
  if (after.inside.size() > before.inside.size()) added = after.inside;
  if (after.outside.size() > before.outside.size()) {
    added.insert(added.end(), after.outside.begin(), after.outside.end());
  }
  return added;
}

}  // namespace cromwell::workspace
