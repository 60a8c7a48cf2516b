// PatternConstraint: the generated text matches a pattern; it ends where that is complete and not
// before. Which tokens may come in a state of the automaton is found once, by a walk through the
// vocabulary's trie, and kept for all generations that share the pattern. Made on any thread, then
// engine thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/automaton.h"
#include "engine/constraint.h"
#include "engine/token_trie.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

class PatternConstraint final : public Constraint {
 public:
  // kInvalidRequest if the pattern is too large, or matches nothing.
  static base::Result<std::unique_ptr<Constraint>> create(
      const Pattern& pattern, std::shared_ptr<const TokenTrie> trie,
      std::shared_ptr<const tokenizer::Tokenizer> tokenizer);

  void mask(std::span<float> logits) override;
  void accept(std::int32_t token) override;
  void rewind_to(int tokens) override;
  std::unique_ptr<Constraint> clone() const override;

 private:
  struct Shared {
    std::shared_ptr<Automaton> automaton;
    std::shared_ptr<const TokenTrie> trie;
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
    // Per state: a bit for each token that may come.
    std::unordered_map<Automaton::State, std::vector<std::uint64_t>> masks;
    std::vector<Automaton::State> path;  // scratch: per depth of the trie
  };
  explicit PatternConstraint(std::shared_ptr<Shared> shared);
  const std::vector<std::uint64_t>& allowed(Automaton::State state);
  std::vector<std::uint64_t> walk(Automaton::State state);

  std::shared_ptr<Shared> shared_;
  std::vector<Automaton::State> states_;  // before the first token, after it, ...
};

}  // namespace cromwell::engine
