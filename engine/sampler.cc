#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/softmax.h"

namespace cromwell::engine {
namespace {

base::Error out_of_range(const char* field, const char* expected) {
  return {.code = base::ErrorCode::kInvalidRequest,
          .message = std::string(field) + ": expected " + expected,
          .param = field};
}

bool in(float value, float low, float high) { return value >= low && value <= high; }

}  // namespace

base::Result<> check(const SamplingOptions& options) {
  if (!(options.temperature >= 0) || std::isinf(options.temperature)) {
    return out_of_range("temperature", "a number of at least 0");
  }
  if (options.top_k < 0) return out_of_range("top_k", "a number of at least 0");
  if (!in(options.top_p, 0, 1)) return out_of_range("top_p", "a number from 0 to 1");
  if (!in(options.min_p, 0, 1)) return out_of_range("min_p", "a number from 0 to 1");
  if (!(options.repetition_penalty > 0) || std::isinf(options.repetition_penalty)) {
    return out_of_range("repetition_penalty", "a number above 0");
  }
  return {};
}

Sampler::Sampler(int vocab_size)
    : adjusted_(static_cast<std::size_t>(vocab_size)),
      weights_(adjusted_.size()),
      candidates_(adjusted_.size()),
      seen_(adjusted_.size()) {}

base::Result<TokenId> Sampler::choose(std::span<const float> logits, const SamplingOptions& options,
                                      std::span<const TokenId> text, Constraint* constraint,
                                      double random) {
  if (constraint != nullptr || options.repetition_penalty != 1.0F) {
    std::copy(logits.begin(), logits.end(), adjusted_.begin());
    if (constraint != nullptr) constraint->mask(adjusted_);
    if (options.repetition_penalty != 1.0F) penalise(text, options.repetition_penalty);
    logits = adjusted_;
  }
  const auto max = max_logit(logits);
  if (!max) {
    return base::Error{.code = base::ErrorCode::kInternal,
                       .message = "logits: not a number, or the constraint allows no token"};
  }
  if (options.temperature == 0) return max->id;

  const bool cut = options.top_k > 0 && static_cast<std::size_t>(options.top_k) < logits.size();
  const double total =
      cut ? take_top_k(logits, max->value, options) : take_all(logits, max->value, options);
  keep_nucleus(logits, options, total);
  return draw(random);
}

// The k largest in one pass: a candidate must beat the k-th largest of those before it, which is
// found anew whenever the list has doubled; so nearly every logit costs one comparison.
double Sampler::take_top_k(std::span<const float> logits, float max,
                           const SamplingOptions& options) {
  const auto k = static_cast<std::size_t>(options.top_k);
  const std::size_t full = std::min(logits.size(), 2 * k + 64);
  float floor = -std::numeric_limits<float>::infinity();
  count_ = sorted_ = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] > floor)) continue;
    candidates_[count_++] = static_cast<TokenId>(i);
    if (count_ < full) continue;
    sort_first(logits, k);
    count_ = k;
    sorted_ = 0;
    floor = logits[static_cast<std::size_t>(candidates_[k - 1])];
  }
  sort_first(logits, std::min(count_, k));  // fewer than k: the others are at -infinity
  count_ = sorted_;
  double total = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const auto id = static_cast<std::size_t>(candidates_[i]);
    weights_[id] = exp_nonpositive((logits[id] - max) / options.temperature);
    total += double{weights_[id]};
  }
  return total;
}

double Sampler::take_all(std::span<const float> logits, float max, const SamplingOptions& options) {
  const double total = exponentials(logits, max, options.temperature, weights_);
  // What min-p will remove need not be looked at. Nor what cannot be in the nucleus: all weights
  // below (1 - p) * total / vocab_size together are less than the share 1 - p that top-p leaves
  // out (half of that, for rounding's sake).
  const double outside = options.top_p < 1 ? 0.5 * (1 - double{options.top_p}) * total : 0;
  const auto least = std::max({options.min_p, std::numeric_limits<float>::min(),
                               static_cast<float>(outside / static_cast<double>(logits.size()))});
  count_ = sorted_ = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    candidates_[count_] = static_cast<TokenId>(i);  // overwritten by the next if it is too small
    count_ += weights_[i] >= least ? 1 : 0;
  }
  return total;
}

void Sampler::penalise(std::span<const TokenId> text, float penalty) {
  if (++epoch_ == 0) {
    std::fill(seen_.begin(), seen_.end(), 0U);
    epoch_ = 1;
  }
  for (const TokenId token : text) {
    const auto i = static_cast<std::size_t>(token);
    if (seen_[i] == epoch_) continue;
    seen_[i] = epoch_;
    adjusted_[i] = adjusted_[i] > 0 ? adjusted_[i] / penalty : adjusted_[i] * penalty;
  }
}

// Brings the `count` largest candidates to the front, in order; sorts no more than these.
void Sampler::sort_first(std::span<const float> logits, std::size_t count) {
  const auto larger = [&](TokenId a, TokenId b) {
    const float x = logits[static_cast<std::size_t>(a)];
    const float y = logits[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  };
  const auto begin = candidates_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto middle = candidates_.begin() + static_cast<std::ptrdiff_t>(count);
  const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (middle != end) std::nth_element(begin, middle, end, larger);
  std::sort(begin, middle, larger);
  sorted_ = count;
}

// Top-p, then min-p.
void Sampler::keep_nucleus(std::span<const float> logits, const SamplingOptions& options,
                           double total) {
  const auto weight = [&](std::size_t place) {
    return double{weights_[static_cast<std::size_t>(candidates_[place])]};
  };
  if (options.top_p < 1) {
    constexpr std::size_t kFirstTry = 64;  // most distributions need fewer
    const double enough = double{options.top_p} * total;
    double mass = 0;
    std::size_t kept = 0;
    while (kept < count_ && (kept == 0 || mass < enough)) {
      if (kept == sorted_) sort_first(logits, std::min(count_, std::max(kFirstTry, 4 * sorted_)));
      mass += weight(kept++);
    }
    count_ = kept;
  }
  // In order where top-k or top-p was at work; else take_all() has removed what is too small.
  while (count_ > 1 && weight(count_ - 1) < double{options.min_p}) --count_;
}

TokenId Sampler::draw(double random) const {
  const std::span<const TokenId> candidates(candidates_.data(), count_);
  const auto weight = [&](TokenId id) { return double{weights_[static_cast<std::size_t>(id)]}; };
  double total = 0;
  for (const TokenId id : candidates) total += weight(id);
  const double target = random * total;
  double passed = 0;
  TokenId last = candidates.front();
  for (const TokenId id : candidates) {
    if (weight(id) == 0) continue;
    last = id;
    passed += weight(id);
    if (passed > target) break;
  }
  return last;
}

}  // namespace cromwell::engine
