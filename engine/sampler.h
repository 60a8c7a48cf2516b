// Sampler: one row of logits and one random number -> one token. In this order:
//   1. the constraint's mask; bias and penalties (engine/penalties.h)
//   2. temperature: p_i proportional to exp(x_i / t); 0 takes the largest x, ties the lowest id
//   3. top-n-sigma: those with x_i >= max - n * s, s the standard deviation of the finite x (Tang
//      et al., "Top-n-sigma: Not All Logits Are You Need", 2024)
//   4. top-k: the k largest (ties: lower ids first)
//   5. typical: of these the fewest with the least |-log p_i - H| whose probabilities sum to at
//      least typical_p, H = -sum p log p their entropy (Meister et al., "Locally Typical Sampling",
//      2023, section 3; ties: lower ids first)
//   6. top-p: of these the fewest largest whose probabilities, as shares of what was left, sum to
//      at least p; at least one
//   7. min-p: of these the ones with at least min_p times the probability of the largest x
//   8. the draw, by the inverse of the cumulative distribution
// With mirostat 2 (Basu et al., "Mirostat", 2021, algorithm 2) in the place of 3 to 7: those with
// surprise -log2 p_i of at most mu, at least one; after the draw, mu -= eta * (surprise of the
// token among these - tau). mu begins at 2 tau. No allocation and no full sort per token. No state
// but scratch memory; engine thread only.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "engine/generation.h"
#include "engine/penalties.h"
#include "engine/softmax.h"

namespace cromwell::engine {

// kInvalidRequest names the field.
base::Result<> check(const SamplingOptions& options, int vocab_size);

class Sampler {
 public:
  explicit Sampler(int vocab_size, const tokenizer::Tokenizer* tokenizer = nullptr);

  // `random` is uniform in [0, 1). constraint: may be null; mu: mirostat's, brought up to date, not
  // null with it. kInternal if a logit is not a number, or the constraint leaves no token.
  base::Result<TokenId> choose(const LogitRow& row, const SamplingOptions& options,
                               const TextSoFar& text, Constraint* constraint, double random,
                               float* mu = nullptr);

 private:
  // adjusted_ = the logits and what changes them.
  void adjust(std::span<const float> logits, const SamplingOptions& options, const TextSoFar& text,
              Constraint* constraint);
  std::span<const float> keep_sigma(std::span<const float> logits, float max, float n);
  double keep_typical(const SamplingOptions& options, double total);
  TokenId draw_mirostat(std::span<const float> logits, float max, const SamplingOptions& options,
                        double random, float& mu);
  // Fill candidates_; return the sum of the weights that top-p takes shares of.
  double take_top_k(std::span<const float> logits, float max, const SamplingOptions& options);
  double take_all(std::span<const float> logits, float max, const SamplingOptions& options);
  void keep_nucleus(std::span<const float> logits, const SamplingOptions& options, double total);
  void sort_first(std::span<const float> logits, std::size_t count);
  template <class Less>
  void sort_up_to(std::size_t count, Less less);
  TokenId draw(double random) const;

  std::vector<float> adjusted_;      // [vocab_size] logits after penalty and constraint
  std::vector<float> weights_;       // [vocab_size] exp((x - max) / t): probabilities, not scaled
  std::vector<TokenId> candidates_;  // [vocab_size], of which the first ...
  std::size_t count_ = 0;            // ... may be drawn,
  std::size_t sorted_ = 0;           // and the first of these are the largest, in order
  std::vector<double> keys_;         // [vocab_size] what typical sorts by
  Penalties penalties_;
};

}  // namespace cromwell::engine
