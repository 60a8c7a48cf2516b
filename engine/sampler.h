// Sampler: one row of logits and one random number -> one token. In this order:
//   1. the constraint's mask; repetition penalty r over each distinct token of prompt and text:
//      x / r if x > 0, else x * r (Keskar et al., "CTRL", 2019, section 4.1)
//   2. temperature: p_i proportional to exp(x_i / t); 0 takes the largest x, ties the lowest id
//   3. top-k: the k largest (ties: lower ids first)
//   4. top-p: of these the fewest largest whose probabilities, as shares of what top-k left, sum to
//      at least p; at least one
//   5. min-p: of these the ones with at least min_p times the largest probability
//   6. the draw, by the inverse of the cumulative distribution
// No allocation and no full sort per token. No state but scratch memory; engine thread only.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "engine/generation.h"

namespace cromwell::engine {

base::Result<> check(const SamplingOptions& options);  // kInvalidRequest names the field

class Sampler {
 public:
  explicit Sampler(int vocab_size);

  // `random` is uniform in [0, 1). logits: [vocab_size]; constraint: may be null. kInternal if a
  // logit is not a number, or the constraint leaves no token.
  base::Result<TokenId> choose(std::span<const float> logits, const SamplingOptions& options,
                               std::span<const TokenId> text, Constraint* constraint,
                               double random);

  // [vocab_size]; free for use between two calls.
  std::span<float> scratch() { return weights_; }

 private:
  void penalise(std::span<const TokenId> text, float penalty);
  // Fill candidates_; return the sum of the weights that top-p takes shares of.
  double take_top_k(std::span<const float> logits, float max, const SamplingOptions& options);
  double take_all(std::span<const float> logits, float max, const SamplingOptions& options);
  void keep_nucleus(std::span<const float> logits, const SamplingOptions& options, double total);
  void sort_first(std::span<const float> logits, std::size_t count);
  TokenId draw(double random) const;

  std::vector<float> adjusted_;      // [vocab_size] logits after penalty and constraint
  std::vector<float> weights_;       // [vocab_size] exp((x - max) / t): probabilities, not scaled
  std::vector<TokenId> candidates_;  // [vocab_size], of which the first ...
  std::size_t count_ = 0;            // ... may be drawn,
  std::size_t sorted_ = 0;           // and the first of these are the largest, in order
  std::vector<std::uint32_t> seen_;  // [vocab_size] == epoch_: penalised in this call
  std::uint32_t epoch_ = 0;
};

}  // namespace cromwell::engine
