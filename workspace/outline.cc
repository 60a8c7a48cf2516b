#include "workspace/outline.h"

#include <algorithm>

#include "base/utf8.h"
#include "workspace/symbol_rules.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

constexpr int kMaxDeclarators = 64;  // "int *(*(*f)(void))[3]": nested, but not without end

bool is_function(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kMethod;
}

// The name of C's declarators; null if there is none, or if a function is `wanted` and none is
// declared.
TSNode declared_name(TSNode node, bool function_wanted) {
  bool function = !function_wanted;
  for (int i = 0; i < kMaxDeclarators && !ts_node_is_null(node); ++i) {
    const std::string_view type = type_of(node);
    if (type == "function_declarator") function = true;
    TSNode next = field(node, "declarator");
    if (ts_node_is_null(next) &&
        (type.ends_with("_declarator") || type == "attributed_statement")) {
      next = ts_node_named_child(node, 0);  // parenthesised, reference and attributed ones
    }
    if (ts_node_is_null(next)) return function ? node : TSNode{};
    node = next;
  }
  return {};
}

bool is_function_value(TSNode value) {
  if (ts_node_is_null(value)) return false;
  const std::string_view type = type_of(value);
  return type == "arrow_function" || type == "function_expression" || type == "function" ||
         type == "generator_function" || type == "class";
}

TSNode name_of(const SymbolRule& rule, TSNode node) {
  switch (rule.name) {
    case NamePlace::kNameField:
    case NamePlace::kFunctionVar:
      return field(node, "name");
    case NamePlace::kTypeField:
      return field(node, "type");
    case NamePlace::kKeyField:
      return field(node, "key");
    case NamePlace::kLeftField: {
      const TSNode left = field(node, "left");
      return !ts_node_is_null(left) && type_of(left) == "identifier" ? left : TSNode{};
    }
    case NamePlace::kDeclarator: {
      const TSNode declarator = field(node, "declarator");
      const bool function_wanted = rule.node == "declaration" || rule.node == "field_declaration";
      return ts_node_is_null(declarator) ? declarator : declared_name(declarator, function_wanted);
    }
  }
  return {};
}

// On one line, without the body and what opens it.
std::string signature_of(TSNode start, TSNode node, std::string_view text) {
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(start), text.size());
  TSNode body = field(node, "body");
  if (ts_node_is_null(body)) {
    const TSNode value = field(node, "value");  // JavaScript: const f = (a) => {...}
    if (!ts_node_is_null(value)) body = field(value, "body");
  }
  const std::size_t end = ts_node_is_null(body) ? ts_node_end_byte(node) : ts_node_start_byte(body);
  std::string signature;
  bool space = false;
  for (const char c : text.substr(begin, std::max(end, begin) - begin)) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank && space && !signature.empty()) signature += ' ';
    space = blank;
    if (!blank) signature += c;
    if (signature.size() > kMaxSignatureBytes) break;
  }
  signature = base::utf8_prefix(signature, kMaxSignatureBytes);
  const std::size_t last = signature.find_last_not_of(" {:;");
  signature.resize(last == std::string::npos ? 0 : last + 1);
  return signature;
}

class OutlineBuilder {
 public:
  OutlineBuilder(const SyntaxTree& tree, std::string_view text) : tree_(tree), text_(text) {}

  std::vector<Symbol> build() {
    TreeWalk walk(tree_.root());
    do {
      const TSNode node = walk.node();
      while (!open_.empty() && ts_node_start_byte(node) >= open_.back().end) open_.pop_back();
      if (ts_node_is_named(node)) visit(node, walk);
    } while (symbols_.size() < kMaxSymbols && walk.next(true));
    return std::move(symbols_);
  }

 private:
  struct Open {
    uint32_t end;
    std::size_t symbol;
  };

  bool in_function() const {
    return std::any_of(open_.begin(), open_.end(), [this](const Open& open) {
      return is_function(symbols_[open.symbol].kind);
    });
  }

  void visit(TSNode node, const TreeWalk& walk) {
    const SymbolRule* rule = find_symbol_rule(tree_.grammar(), type_of(node));
    if (rule == nullptr) return;
    if (rule->scope == Scope::kTopLevel && !open_.empty()) return;
    if (rule->scope == Scope::kOutsideFunctions && in_function()) return;
    if (rule->needs_body && ts_node_is_null(field(node, "body"))) return;
    const TSNode name = name_of(*rule, node);
    if (ts_node_is_null(name) || ts_node_is_missing(name)) return;
    add(*rule, node, name, walk);
  }

  void add(const SymbolRule& rule, TSNode node, TSNode name, const TreeWalk& walk) {
    Symbol symbol{.kind = rule.kind, .depth = static_cast<int>(open_.size())};
    symbol.name = base::utf8_prefix(text_of(name, text_), kMaxSignatureBytes);
    if (symbol.name.starts_with('"')) {  // a JSON key
      symbol.name = symbol.name.substr(1, symbol.name.find('"', 1) - 1);
    }
    if (const std::size_t colons = symbol.name.rfind("::"); colons != std::string::npos) {
      symbol.container = symbol.name.substr(0, colons);  // C++: void Class::method() {...}
      symbol.name.erase(0, colons + 2);
    }
    if (symbol.name.empty()) return;
    if (rule.name == NamePlace::kFunctionVar && is_function_value(field(node, "value"))) {
      symbol.kind = SymbolKind::kFunction;
    }
    if (!open_.empty()) {
      const Symbol& outer = symbols_[open_.back().symbol];
      for (const std::string& part : {outer.name, outer.container}) {
        if (part.empty()) continue;
        symbol.container.insert(0, symbol.container.empty() ? part : part + ".");
      }
      if (symbol.kind == SymbolKind::kFunction && outer.kind == SymbolKind::kClass) {
        symbol.kind = SymbolKind::kMethod;
      }
    }
    TSNode start = node;
    for (TSNode up = walk.parent(); !ts_node_is_null(up) && is_symbol_wrapper(type_of(up));
         up = ts_node_parent(up)) {
      start = up;
    }
    symbol.lines.first = line_of(start);
    symbol.lines.last = last_line(node);
    symbol.signature = signature_of(start, node, text_);
    open_.push_back({ts_node_end_byte(node), symbols_.size()});
    symbols_.push_back(std::move(symbol));
  }

  // A node that ends with its newline ends on the line before.
  static int last_line(TSNode node) {
    const TSPoint end = ts_node_end_point(node);
    const bool at_start = end.column == 0 && end.row > ts_node_start_point(node).row;
    return static_cast<int>(end.row) + (at_start ? 0 : 1);
  }

  const SyntaxTree& tree_;
  std::string_view text_;
  std::vector<Symbol> symbols_;
  std::vector<Open> open_;  // the symbols that the walk is in
};

}  // namespace

const char* symbol_kind_name(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kFunction:
      return "function";
    case SymbolKind::kMethod:
      return "method";
    case SymbolKind::kClass:
      return "class";
    case SymbolKind::kEnum:
      return "enum";
    case SymbolKind::kType:
      return "type";
    case SymbolKind::kModule:
      return "module";
    case SymbolKind::kVariable:
      return "variable";
    case SymbolKind::kMacro:
      return "macro";
  }
  return "";
}

std::vector<Symbol> outline_of(const SyntaxTree& tree, std::string_view text) {
  return OutlineBuilder(tree, text).build();
}

std::vector<Symbol> outline_of(const TextFile& file, std::string_view name) {
  const std::string text = file.text({1, file.line_count()});
  const auto tree = SyntaxTree::parse(text, language_of(name, text).grammar);
  return tree ? outline_of(*tree, text) : std::vector<Symbol>();
}

}  // namespace cromwell::workspace
