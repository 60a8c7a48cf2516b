#include "edit/script_constraint.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace cromwell::edit {
namespace {

using tokenizer::TokenId;

constexpr float kNever = -std::numeric_limits<float>::infinity();

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

}  // namespace

ScriptConstraint::ScriptConstraint(std::string region, const ScriptTokens& tokens,
                                   std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                                   std::shared_ptr<const engine::TokenTrie> trie)
    : states_{State{}} {
  auto shared = std::make_shared<Shared>();
  shared->region = std::move(region);
  shared->tokens = tokens;
  const std::string_view text = shared->region;
  for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size()) + 1) {
    shared->line_starts.push_back(static_cast<int>(at));
  }
  const auto from = [&](int line) {
    return text.substr(
        static_cast<std::size_t>(shared->line_starts[static_cast<std::size_t>(line)]));
  };
  shared->sorted.resize(shared->line_starts.size());
  std::iota(shared->sorted.begin(), shared->sorted.end(), 0);
  std::sort(shared->sorted.begin(), shared->sorted.end(),
            [&](int a, int b) { return from(a) < from(b); });
  for (TokenId id = 0; id < tokenizer->vocab_size(); ++id) {
    if (tokenizer->is_special(id) || tokenizer->is_end_of_generation(id)) {
      shared->markers.push_back(id);
    }
  }
  shared->tokenizer = std::move(tokenizer);
  shared->trie = std::move(trie);
  shared_ = std::move(shared);
}

std::string_view ScriptConstraint::text_from(int line) const {
  return std::string_view(shared_->region)
      .substr(static_cast<std::size_t>(shared_->line_starts[static_cast<std::size_t>(line)]));
}

bool ScriptConstraint::ends_line(const State& state) const {
  return state.length > 0 &&
         text_from(state.first)[static_cast<std::size_t>(state.length) - 1] == '\n';
}

int ScriptConstraint::lines_written(const State& state) const {
  const std::string_view written =
      text_from(state.first).substr(0, static_cast<std::size_t>(state.length));
  return static_cast<int>(std::count(written.begin(), written.end(), '\n'));
}

void ScriptConstraint::mask(std::span<float> logits) {
  const State& state = states_.back();
  allowed_.clear();
  allow_markers(state);
  if (state.phase == Phase::kLine || state.phase == Phase::kInLine) return drop_markers(logits);
  if (state.phase == Phase::kDeletion) allow_deletion(state);
  keep_only_allowed(logits);
}

void ScriptConstraint::allow_markers(const State& state) {
  const bool deletes = state.phase == Phase::kDeletion;
  if (state.phase == Phase::kInLine || (deletes && !ends_line(state))) return;
  const auto ends = shared_->trie->ends();
  allowed_.assign(ends.begin(), ends.end());
  const int from = deletes ? state.first + lines_written(state) : state.from;
  if (from < lines() && state.phase != Phase::kEnd) allowed_.push_back(shared_->tokens.del);
  const bool fills = state.phase == Phase::kStart && lines() == 0;
  if (deletes || fills) allowed_.push_back(shared_->tokens.ins);
}

// Tokens that go on with the region's text from any line where what is written may stand.
void ScriptConstraint::allow_deletion(const State& state) {
  const auto length = static_cast<std::size_t>(state.length);
  const std::string_view written = text_from(state.first).substr(0, length);
  texts_.clear();
  for (const int line : shared_->sorted) {
    if (line < state.first) continue;
    const std::string_view text = text_from(line);
    if (text.starts_with(written)) texts_.push_back(text.substr(length));
  }
  walk(0, shared_->trie->nodes().size(), 0, texts_);
}

// The nodes from `begin` to `end` are children of one node of the trie, with all below them;
// `texts` are sorted and have their first `depth` bytes in common, which lead to that node.
void ScriptConstraint::walk(std::size_t begin, std::size_t end, std::size_t depth,
                            std::span<const std::string_view> texts) {
  const auto nodes = shared_->trie->nodes();
  while (!texts.empty() && begin < end) {
    if (texts.front().size() <= depth) {  // the region ends there
      texts = texts.subspan(1);
      continue;
    }
    const std::uint8_t byte = byte_at(texts.front(), depth);
    const auto group = std::find_if(texts.begin(), texts.end(), [&](std::string_view text) {
      return byte_at(text, depth) != byte;
    });
    const auto size = static_cast<std::size_t>(group - texts.begin());
    while (begin < end && nodes[begin].byte < byte)
      begin = static_cast<std::size_t>(nodes[begin].skip);
    if (begin < end && nodes[begin].byte == byte) {
      const auto& node = nodes[begin];
      const auto ids = shared_->trie->tokens();
      allowed_.insert(allowed_.end(), ids.begin() + node.first, ids.begin() + node.last);
      walk(begin + 1, static_cast<std::size_t>(node.skip), depth + 1, texts.first(size));
    }
    texts = texts.subspan(size);
  }
}

void ScriptConstraint::keep_only_allowed(std::span<float> logits) {
  kept_.clear();
  for (const TokenId id : allowed_) kept_.push_back(logits[static_cast<std::size_t>(id)]);
  std::fill(logits.begin(), logits.end(), kNever);
  for (std::size_t i = 0; i < allowed_.size(); ++i) {
    logits[static_cast<std::size_t>(allowed_[i])] = kept_[i];
  }
}

void ScriptConstraint::drop_markers(std::span<float> logits) const {
  for (const TokenId id : shared_->markers) {
    const bool is_allowed = std::find(allowed_.begin(), allowed_.end(), id) != allowed_.end();
    if (!is_allowed) logits[static_cast<std::size_t>(id)] = kNever;
  }
}

void ScriptConstraint::accept(std::int32_t token) {
  State state = states_.back();
  const int from =
      state.phase == Phase::kDeletion ? state.first + lines_written(state) : state.from;
  if (shared_->tokenizer->is_end_of_generation(token)) {
    state.phase = Phase::kEnd;
  } else if (token == shared_->tokens.del) {
    state = {.phase = from < lines() ? Phase::kDeletion : Phase::kEnd, .from = from, .first = from};
  } else if (token == shared_->tokens.ins) {
    state = {.phase = Phase::kLine, .from = from};
  } else {
    state = after_text(state, shared_->tokenizer->bytes(token));
  }
  states_.push_back(state);
}

ScriptConstraint::State ScriptConstraint::after_text(State state, std::string_view bytes) const {
  if (state.phase == Phase::kLine || state.phase == Phase::kInLine) {
    state.phase = bytes.ends_with('\n') ? Phase::kLine : Phase::kInLine;
    return state;
  }
  if (state.phase != Phase::kDeletion) return {.phase = Phase::kEnd};
  const auto length = static_cast<std::size_t>(state.length);
  const std::string_view written = text_from(state.first).substr(0, length);
  for (int line = state.first; line < lines(); ++line) {
    const std::string_view text = text_from(line);
    if (text.starts_with(written) && text.substr(length).starts_with(bytes)) {
      state.first = line;
      state.length += static_cast<int>(bytes.size());
      return state;
    }
  }
  return {.phase = Phase::kEnd};
}

void ScriptConstraint::rewind_to(int tokens) {
  states_.resize(static_cast<std::size_t>(tokens) + 1);
}

std::unique_ptr<engine::Constraint> ScriptConstraint::clone() const {
  return std::make_unique<ScriptConstraint>(*this);
}

}  // namespace cromwell::edit
