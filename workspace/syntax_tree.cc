#include "workspace/syntax_tree.h"

#include <malloc.h>

#include <cstdlib>

extern "C" {
const TSLanguage* tree_sitter_python();
const TSLanguage* tree_sitter_javascript();
const TSLanguage* tree_sitter_typescript();
const TSLanguage* tree_sitter_tsx();
const TSLanguage* tree_sitter_c();
const TSLanguage* tree_sitter_cpp();
const TSLanguage* tree_sitter_rust();
const TSLanguage* tree_sitter_go();
const TSLanguage* tree_sitter_java();
const TSLanguage* tree_sitter_json();
const TSLanguage* tree_sitter_bash();
}

namespace cromwell::workspace {
namespace {

const TSLanguage* grammar_of(Grammar grammar) {
  switch (grammar) {
    case Grammar::kNone:
      return nullptr;
    case Grammar::kPython:
      return tree_sitter_python();
    case Grammar::kJavaScript:
      return tree_sitter_javascript();
    case Grammar::kTypeScript:
      return tree_sitter_typescript();
    case Grammar::kTsx:
      return tree_sitter_tsx();
    case Grammar::kC:
      return tree_sitter_c();
    case Grammar::kCpp:
      return tree_sitter_cpp();
    case Grammar::kRust:
      return tree_sitter_rust();
    case Grammar::kGo:
      return tree_sitter_go();
    case Grammar::kJava:
      return tree_sitter_java();
    case Grammar::kJson:
      return tree_sitter_json();
    case Grammar::kBash:
      return tree_sitter_bash();
  }
  return nullptr;
}

// What the runtime holds of what this thread allocated: how a parse that grows without measure
// ("f<f<f<...") is known before it has eaten the machine.
thread_local std::ptrdiff_t held_bytes = 0;

void* count(void* block) {
  held_bytes += static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
  return block;
}
void uncount(void* block) {
  held_bytes -= static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
}
void* require(void* block) {  // the runtime does not look at what it gets
  if (block == nullptr) std::abort();
  return count(block);
}
void* counted_malloc(std::size_t size) { return require(std::malloc(size == 0 ? 1 : size)); }
void* counted_calloc(std::size_t items, std::size_t size) {
  return require(std::calloc(items == 0 ? 1 : items, size == 0 ? 1 : size));
}
void* counted_realloc(void* block, std::size_t size) {
  uncount(block);
  return require(std::realloc(block, size == 0 ? 1 : size));
}
void counted_free(void* block) {
  uncount(block);
  std::free(block);
}

using Clock = std::chrono::steady_clock;

struct Budget {
  Clock::time_point end;
  std::ptrdiff_t held_bytes;
};

bool is_spent(TSParseState* state) {
  const auto& budget = *static_cast<const Budget*>(state->payload);
  return held_bytes > budget.held_bytes || Clock::now() >= budget.end;
}

struct ParserDelete {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};

// Hands the parser the text piece by piece, as its interface wants it.
const char* read_text(void* payload, uint32_t byte, TSPoint, uint32_t* size) {
  const auto& text = *static_cast<const std::string_view*>(payload);
  *size = byte < text.size() ? static_cast<uint32_t>(text.size() - byte) : 0;
  return *size == 0 ? "" : text.data() + byte;
}

}  // namespace

std::optional<SyntaxTree> SyntaxTree::parse(std::string_view text, Grammar grammar,
                                            const ParseLimits& limits) {
  const TSLanguage* language = grammar_of(grammar);
  if (language == nullptr || text.size() > limits.max_bytes) return std::nullopt;
  static const bool counting = [] {
    ts_set_allocator(counted_malloc, counted_calloc, counted_realloc, counted_free);
    return true;
  }();
  static_cast<void>(counting);
  const std::unique_ptr<TSParser, ParserDelete> parser(ts_parser_new());
  if (!ts_parser_set_language(parser.get(), language)) return std::nullopt;
  Budget budget{Clock::now() + limits.time, held_bytes + limits.tree_bytes};
  TSTree* tree = ts_parser_parse_with_options(
      parser.get(), nullptr, {.payload = &text, .read = read_text, .encoding = TSInputEncodingUTF8},
      {.payload = &budget, .progress_callback = is_spent});
  if (tree == nullptr) return std::nullopt;
  return SyntaxTree(tree, grammar);
}

TSNode TreeWalk::parent() const {
  TSTreeCursor up = ts_tree_cursor_copy(&cursor_);
  const bool has_one = ts_tree_cursor_goto_parent(&up);
  const TSNode node = has_one ? ts_tree_cursor_current_node(&up) : TSNode{};
  ts_tree_cursor_delete(&up);
  return node;
}

bool TreeWalk::next(bool into) {
  if (into && ts_tree_cursor_goto_first_child(&cursor_)) return true;
  while (!ts_tree_cursor_goto_next_sibling(&cursor_)) {
    if (!ts_tree_cursor_goto_parent(&cursor_)) return false;
  }
  return true;
}

}  // namespace cromwell::workspace
