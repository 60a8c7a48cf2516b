// The arithmetic of one row of logits: its maximum, its exponentials, log-probabilities. Float
// operations in one fixed order with an exponential of our own: the same draws on every machine.
// Log-probabilities take the model's sum, which is the same for each instruction set. No state.
#pragma once

#include <optional>
#include <span>

#include "engine/generation.h"
#include "model/logit_summary.h"

namespace cromwell::engine {

// e^x for x <= 0, relative error below 2e-7; 0 below -87.
float exp_nonpositive(float x);

struct MaxLogit {
  TokenId id = 0;  // the lowest id that has the value
  float value = 0;
};
// None if a logit is NaN or +infinity, or if all are -infinity.
std::optional<MaxLogit> max_logit(std::span<const float> logits);

// out[i] = exp((logits[i] - max) / temperature); returns the sum. out: [logits.size()]
double exponentials(std::span<const float> logits, float max, float temperature,
                    std::span<float> out);

// A row of the model's logits and what the model said of it.
struct LogitRow {
  std::span<const float> logits;
  model::LogitSummary summary;
};

// Log-probability of `token` and of the `top` most probable tokens (best first, ties by id) under
// softmax(logits): x_i - max - log(sum_j exp(x_j - max)). row.summary.is_good()
ScoredToken score(const LogitRow& row, TokenId token, int top);

}  // namespace cromwell::engine
