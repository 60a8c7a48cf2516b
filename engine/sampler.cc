#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
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
      seen_(adjusted_.size()) {
  candidates_.reserve(adjusted_.size());
}

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

  const double total = exponentials(logits, max->value, options.temperature, weights_);
  // What min-p removes in the end need not be looked at, unless top-k still has to count it.
  const float least = options.top_k > 0 ? 0.0F : options.min_p;
  candidates_.clear();
  sorted_ = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] > 0 && weights_[i] >= least) candidates_.push_back(static_cast<TokenId>(i));
  }
  if (options.top_k > 0 || options.top_p < 1) keep_largest(logits, options, total);
  return draw(random);
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
  std::nth_element(begin, middle, candidates_.end(), larger);
  std::sort(begin, middle, larger);
  sorted_ = count;
}

void Sampler::keep_largest(std::span<const float> logits, const SamplingOptions& options,
                           double total) {
  const auto weight = [&](std::size_t place) {
    return double{weights_[static_cast<std::size_t>(candidates_[place])]};
  };
  if (options.top_k > 0) {
    const auto k = std::min(static_cast<std::size_t>(options.top_k), candidates_.size());
    sort_first(logits, k);
    candidates_.resize(k);
    total = 0;
    for (std::size_t i = 0; i < k; ++i) total += weight(i);
  }
  std::size_t kept = candidates_.size();
  if (options.top_p < 1) {
    constexpr std::size_t kFirstTry = 64;  // most distributions need fewer
    const double enough = double{options.top_p} * total;
    double mass = 0;
    kept = 0;
    while (kept < candidates_.size() && (kept == 0 || mass < enough)) {
      if (kept == sorted_) {
        sort_first(logits, std::min(candidates_.size(), std::max(kFirstTry, 4 * sorted_)));
      }
      mass += weight(kept++);
    }
  }
  while (kept > 1 && weight(kept - 1) < double{options.min_p}) --kept;
  candidates_.resize(kept);
}

TokenId Sampler::draw(double random) const {
  const auto weight = [&](TokenId id) { return double{weights_[static_cast<std::size_t>(id)]}; };
  double total = 0;
  for (const TokenId id : candidates_) total += weight(id);
  const double target = random * total;
  double passed = 0;
  for (const TokenId id : candidates_) {
    passed += weight(id);
    if (passed > target) return id;
  }
  return candidates_.back();
}

}  // namespace cromwell::engine
