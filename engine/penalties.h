// Penalties: what the text so far, and the request, add to a row of logits before anything is
// drawn. In this order, x the logit of token j:
//   logit bias: x + bias[j]
//   repetition penalty r over each distinct token of prompt and answer: x / r if x > 0, else x * r
//     (Keskar et al., "CTRL", 2019, section 4.1)
//   frequency penalty f and presence penalty p, with j's count c in the answer:
//     x - c f - (c > 0) p   (OpenAI API reference, "Frequency and presence penalties")
//   DRY: where j would make a repetition of n >= allowed_length tokens longer,
//     x - multiplier * base^(n - allowed_length)   (P. E. Weidmann, text-generation-webui #5677)
// No state but scratch memory; engine thread only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/generation.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

// Prompt and answer so far.
struct TextSoFar {
  TextSoFar() = default;
  TextSoFar(const std::vector<TokenId>& all) : tokens(all) {}  // a prompt without an answer
  TextSoFar(std::span<const TokenId> all, std::size_t answer) : tokens(all), answer_from(answer) {}

  std::span<const TokenId> tokens;
  std::size_t answer_from = tokens.size();
};

class Penalties {
 public:
  // The tokenizer is asked which tokens break a repetition; null: none does.
  Penalties(int vocab_size, const tokenizer::Tokenizer* tokenizer);

  static bool are_off(const SamplingOptions& options);
  // logits: [vocab_size]
  void apply(const SamplingOptions& options, const TextSoFar& text, std::span<float> logits);

 private:
  // How often each token stands in `text`; reads counts_ where epochs_ is epoch_.
  void count(std::span<const TokenId> text);
  void repetition(std::span<const TokenId> text, float penalty, std::span<float> logits);
  void frequency(const SamplingOptions& options, std::span<const TokenId> answer,
                 std::span<float> logits);
  void dry(const DryOptions& options, std::span<const TokenId> text, std::span<float> logits);
  void match_end(std::span<const TokenId> text);
  bool breaks(TokenId token, const DryOptions& options) const;

  const tokenizer::Tokenizer* tokenizer_;
  std::vector<std::uint32_t> epochs_;  // [vocab_size] == epoch_: counted in this call
  std::uint32_t epoch_ = 0;
  std::vector<int> counts_;        // [vocab_size]
  std::vector<TokenId> distinct_;  // tokens counted in this call
  std::vector<int> matches_;       // [text] see match_end
  std::vector<int> longest_;       // [vocab_size] of repetitions, for distinct_
};

}  // namespace cromwell::engine
