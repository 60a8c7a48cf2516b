// ScriptConstraint: which tokens may go on with an edit script, so that it is one whatever the
// model would rather write: deleted lines stand in the region, in order, and lines are whole. Made
// on any thread, then engine thread only.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edit/edit_script.h"
#include "engine/constraint.h"
#include "engine/token_trie.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

class ScriptConstraint final : public engine::Constraint {
 public:
  // region: its lines, each ended by \n.
  ScriptConstraint(std::string region, const ScriptTokens& tokens,
                   std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                   std::shared_ptr<const engine::TokenTrie> trie);

  void mask(std::span<float> logits) override;
  void accept(std::int32_t token) override;
  void rewind_to(int tokens) override;
  std::unique_ptr<engine::Constraint> clone() const override;

 private:
  enum class Phase {
    kStart,     // nothing is written
    kDeletion,  // after <DEL>: `length` bytes of the region from line `first` on
    kLine,      // after <INS>, at the beginning of a line
    kInLine,    // ... within one
    kEnd,
  };
  struct State {
    Phase phase = Phase::kStart;
    int from = 0;    // the line after the change before
    int first = 0;   // of the lines where what is deleted may begin, the first
    int length = 0;  // bytes that are written of it
  };
  struct Shared {
    std::string region;
    ScriptTokens tokens;
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
    std::shared_ptr<const engine::TokenTrie> trie;
    std::vector<int> line_starts;             // [lines]: in `region`
    std::vector<int> sorted;                  // [lines]: by the text from each on
    std::vector<tokenizer::TokenId> markers;  // special tokens and ends: never text
  };

  int lines() const { return static_cast<int>(shared_->line_starts.size()); }
  std::string_view text_from(int line) const;  // of the region
  bool ends_line(const State& state) const;
  int lines_written(const State& state) const;
  State after_text(State state, std::string_view bytes) const;
  void allow_markers(const State& state);
  void allow_deletion(const State& state);
  void walk(std::size_t begin, std::size_t end, std::size_t depth,
            std::span<const std::string_view> texts);
  void keep_only_allowed(std::span<float> logits);
  void drop_markers(std::span<float> logits) const;

  std::shared_ptr<const Shared> shared_;
  std::vector<State> states_;                // before the first token, after it, ...
  std::vector<tokenizer::TokenId> allowed_;  // scratch, as are these
  std::vector<float> kept_;
  std::vector<std::string_view> texts_;
};

}  // namespace cromwell::edit
