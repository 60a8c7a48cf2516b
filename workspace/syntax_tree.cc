#include "workspace/syntax_tree.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <utility>

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

std::chrono::nanoseconds time_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

constexpr std::size_t kPieceBytes = 4096;

struct Reading {
  std::string_view text;
  clockid_t clock;
  std::chrono::nanoseconds end;
  bool is_cut = false;  // the time was over before the text was

  bool is_over() const { return time_of(clock) >= end; }
};

bool is_over(TSParseState* state) { return static_cast<const Reading*>(state->payload)->is_over(); }

// Hands the parser the text in pieces, so that the clock is looked at within the longest token too:
// once the time is over there is no more text.
const char* read_text(void* payload, uint32_t byte, TSPoint, uint32_t* size) {
  auto& reading = *static_cast<Reading*>(payload);
  reading.is_cut = reading.is_cut || reading.is_over();
  const bool has_more = byte < reading.text.size() && !reading.is_cut;
  *size = has_more ? static_cast<uint32_t>(std::min(kPieceBytes, reading.text.size() - byte)) : 0;
  return has_more ? reading.text.data() + byte : "";
}

// Null past the time. std::bad_alloc leaves the parser as it is, broken off anywhere: it is not to
// be deleted then, but goes with its memory.
TSTree* parse_text(std::string_view text, const TSLanguage* language, const ParseLimits& limits) {
  const clockid_t clock = limits.is_threads_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  Reading reading{.text = text, .clock = clock, .end = time_of(clock) + limits.time};
  TSParser* const parser = ts_parser_new();
  if (!ts_parser_set_language(parser, language)) return nullptr;
  TSTree* const tree = ts_parser_parse_with_options(
      parser, nullptr, {.payload = &reading, .read = read_text, .encoding = TSInputEncodingUTF8},
      {.payload = &reading, .progress_callback = is_over});
  ts_parser_delete(parser);
  return reading.is_cut ? nullptr : tree;
}

}  // namespace

std::optional<SyntaxTree> SyntaxTree::parse(std::string_view text, Grammar grammar,
                                            const ParseLimits& limits) {
  const TSLanguage* language = grammar_of(grammar);
  if (language == nullptr || text.size() > limits.max_bytes) return std::nullopt;
  auto memory = std::make_unique<ParseMemory>(limits.tree_bytes);
  try {
    const ParseMemory::Use use(*memory);
    const TSTree* const tree = parse_text(text, language, limits);
    if (tree == nullptr) return std::nullopt;
    return SyntaxTree(std::move(memory), tree, grammar);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
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
