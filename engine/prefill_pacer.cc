#include "engine/prefill_pacer.h"

#include <algorithm>

namespace cromwell::engine {
namespace {

constexpr double kShare = 0.7;         // of the writers' own time; the rest is for what varies
constexpr int kFirstSlice = 8;         // about what a pass over the weights takes along for nothing
constexpr int kMostMixedSteps = 64;    // then the writers are measured alone again
constexpr double kNewest = 0.25;       // weight of the newest measurement
constexpr double kLeastTokenMs = 1e-4;  // a clock's noise must not look like a gift

double updated(double average, double newest) {
  return average == 0 ? newest : average + kNewest * (newest - average);
}

}  // namespace

int PrefillPacer::slice(int most, int writers) const {
  const bool is_measured = writers_ms_ > 0 && mixed_steps_ < kMostMixedSteps;
  // More writers than then take longer than what is known; fewer would be promised too much.
  if (most < 1 || !is_measured || writers < measured_writers_) return 0;
  if (token_ms_ == 0) return std::min(kFirstSlice, most);
  // In floating point: the quotient may be larger than an int.
  return static_cast<int>(std::clamp(kShare * writers_ms_ / token_ms_, 1.0, double(most)));
}

void PrefillPacer::record(int prompt_tokens, int writers, double ms) {
  if (prompt_tokens == 0) {
    const double newest = std::max(ms, kLeastTokenMs);
    writers_ms_ = writers == measured_writers_ ? updated(writers_ms_, newest) : newest;
    measured_writers_ = writers;
    mixed_steps_ = 0;
    return;
  }
  ++mixed_steps_;
  if (writers_ms_ == 0) return;
  token_ms_ = updated(token_ms_, std::max((ms - writers_ms_) / prompt_tokens, kLeastTokenMs));
}

}  // namespace cromwell::engine
