#include "engine/draft_length.h"

#include <cmath>

namespace cromwell::engine {
namespace {

constexpr double kMemory = 0.998;  // a guess's weight after one more
constexpr double kFade = 0.97;     // ... and after a step without guesses

}  // namespace

void Acceptance::observe(int accepted, bool rejected) {
  const double kept = std::pow(kMemory, accepted + (rejected ? 1 : 0));
  right_ = right_ * kept + accepted;
  wrong_ = wrong_ * kept + (rejected ? 1 : 0);
}

void Acceptance::fade() {
  right_ *= kFade;
  wrong_ *= kFade;
}

double Acceptance::rate() const {
  const double right = right_ + prior_right_;
  return right / (right + wrong_ + prior_wrong_);
}

int best_draft_length(const PassCost& cost, PassSoFar pass, double acceptance, int limit,
                      double guess_ms) {
  if (!cost.is_known()) return 0;
  double tokens = pass.tokens;
  double best_rate = tokens / cost.ms(pass.columns);
  int best = 0;
  double all_right = 1;
  for (int length = 1; length <= limit; ++length) {
    all_right *= acceptance;
    tokens += all_right;
    const double rate = tokens / (cost.ms(pass.columns + length) + length * guess_ms);
    if (rate > best_rate) {
      best_rate = rate;
      best = length;
    }
  }
  return best;
}

double saved_share(const PassCost& cost, PassSoFar pass, double acceptance, int length,
                   double guess_ms) {
  double tokens = pass.tokens;
  for (int i = 1; i <= length; ++i) tokens += std::pow(acceptance, i);
  const double plain = cost.ms(pass.columns) / pass.tokens;
  return 1 - (cost.ms(pass.columns + length) + length * guess_ms) / tokens / plain;
}

}  // namespace cromwell::engine
