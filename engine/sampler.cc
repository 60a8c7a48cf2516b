#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace cromwell::engine {
namespace {

base::Error out_of_range(const char* field, const char* expected) {
  return {.code = base::ErrorCode::kInvalidRequest,
          .message = std::string(field) + ": expected " + expected,
          .param = field};
}

constexpr std::size_t kFirstTry = 64;  // candidates in order; most distributions need fewer
constexpr float kLargest = std::numeric_limits<float>::max();

bool in(float value, float low, float high) { return value >= low && value <= high; }

base::Error no_token(const LogitRow& row, const Constraint* constraint) {
  if (constraint == nullptr || !row.summary.is_good()) {
    return {.code = base::ErrorCode::kInternal, .message = "logits: not a number"};
  }
  return {.code = base::ErrorCode::kInvalidRequest,
          .message =
              "the constraint: no token of the vocabulary goes on here, or to find those "
              "that do takes too long"};
}

base::Result<> check(const DryOptions& dry) {
  if (!in(dry.multiplier, 0, kLargest)) {
    return out_of_range("dry_multiplier", "a number of at least 0");
  }
  if (!in(dry.base, 1, kLargest)) return out_of_range("dry_base", "a number of at least 1");
  if (dry.allowed_length < 1) return out_of_range("dry_allowed_length", "at least 1");
  if (dry.range < -1) return out_of_range("dry_penalty_last_n", "at least -1");
  const auto& breakers = dry.sequence_breakers;
  if (breakers.size() > kMaxSequenceBreakers ||
      std::any_of(breakers.begin(), breakers.end(), [](const auto& one) { return one.empty(); })) {
    return out_of_range("dry_sequence_breakers", "at most 64 strings, none empty");
  }
  return {};
}

base::Result<> check(const std::vector<LogitBias>& biases, int vocab_size) {
  if (biases.size() > kMaxLogitBiases) return out_of_range("logit_bias", "at most 1024 tokens");
  for (const LogitBias& one : biases) {
    if (one.token < 0 || one.token >= vocab_size) {
      return out_of_range("logit_bias", "tokens of the vocabulary");
    }
    if (!in(one.bias, -kLargest, kLargest)) return out_of_range("logit_bias", "finite numbers");
  }
  return {};
}

}  // namespace

base::Result<> check(const SamplingOptions& options, int vocab_size) {
  if (!(options.temperature >= 0) || std::isinf(options.temperature)) {
    return out_of_range("temperature", "a number of at least 0");
  }
  if (options.top_k < 0) return out_of_range("top_k", "a number of at least 0");
  if (!in(options.top_p, 0, 1)) return out_of_range("top_p", "a number from 0 to 1");
  if (!in(options.min_p, 0, 1)) return out_of_range("min_p", "a number from 0 to 1");
  if (!in(options.typical_p, 0, 1)) return out_of_range("typical_p", "a number from 0 to 1");
  if (!in(options.top_n_sigma, 0, kLargest)) {
    return out_of_range("top_n_sigma", "a number of at least 0");
  }
  if (!(options.repetition_penalty > 0) || std::isinf(options.repetition_penalty)) {
    return out_of_range("repetition_penalty", "a number above 0");
  }
  if (!in(options.frequency_penalty, -kLargest, kLargest)) {
    return out_of_range("frequency_penalty", "a finite number");
  }
  if (!in(options.presence_penalty, -kLargest, kLargest)) {
    return out_of_range("presence_penalty", "a finite number");
  }
  CROMWELL_TRY(check(options.dry));
  if (options.mirostat.version != 0 && options.mirostat.version != 2) {
    return out_of_range("mirostat", "0 or 2");
  }
  if (!in(options.mirostat.tau, 0, kLargest)) {
    return out_of_range("mirostat_tau", "a number of at least 0");
  }
  if (!in(options.mirostat.eta, 0, 1)) return out_of_range("mirostat_eta", "a number from 0 to 1");
  return check(options.logit_bias, vocab_size);
}

Sampler::Sampler(int vocab_size, const tokenizer::Tokenizer* tokenizer)
    : adjusted_(static_cast<std::size_t>(vocab_size)),
      weights_(adjusted_.size()),
      candidates_(adjusted_.size()),
      penalties_(vocab_size, tokenizer) {}

base::Result<TokenId> Sampler::choose(const LogitRow& row, const SamplingOptions& options,
                                      const TextSoFar& text, Constraint* constraint, double random,
                                      float* mu) {
  std::span<const float> logits = row.logits;
  std::optional<MaxLogit> max;
  if (constraint != nullptr || !Penalties::are_off(options)) {
    adjust(logits, options, text, constraint);
    logits = adjusted_;
    max = max_logit(logits);
  } else if (row.summary.is_good()) {
    max = {.id = row.summary.best, .value = row.summary.max};
  }
  if (!max) return no_token(row, constraint);
  if (options.temperature == 0) return max->id;
  if (options.mirostat.version != 0) return draw_mirostat(logits, max->value, options, random, *mu);

  if (options.top_n_sigma > 0) logits = keep_sigma(logits, max->value, options.top_n_sigma);
  const bool cut = options.top_k > 0 && static_cast<std::size_t>(options.top_k) < logits.size();
  double total =
      cut ? take_top_k(logits, max->value, options) : take_all(logits, max->value, options);
  if (options.typical_p < 1) total = keep_typical(options, total);
  keep_nucleus(logits, options, total);
  return draw(random);
}

void Sampler::adjust(std::span<const float> logits, const SamplingOptions& options,
                     const TextSoFar& text, Constraint* constraint) {
  std::copy(logits.begin(), logits.end(), adjusted_.begin());
  if (constraint != nullptr) constraint->mask(adjusted_);
  penalties_.apply(options, text, adjusted_);
}

std::span<const float> Sampler::keep_sigma(std::span<const float> logits, float max, float n) {
  double sum = 0, count = 0;
  for (const float x : logits) {
    if (std::isinf(x)) continue;
    sum += double{x};
    ++count;
  }
  const double mean = sum / count;
  double squares = 0;
  for (const float x : logits) {
    if (!std::isinf(x)) squares += (double{x} - mean) * (double{x} - mean);
  }
  const double least = double{max} - double{n} * std::sqrt(squares / count);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const bool is_kept = double{logits[i]} >= least;
    adjusted_[i] = is_kept ? logits[i] : -std::numeric_limits<float>::infinity();
  }
  return adjusted_;
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
  double outside = options.top_p < 1 ? 0.5 * (1 - double{options.top_p}) * total : 0;
  float min_p = options.min_p;
  if (options.typical_p < 1) outside = 0, min_p = 0;  // it asks what all of them are like
  const auto least = std::max({min_p, std::numeric_limits<float>::min(),
                               static_cast<float>(outside / static_cast<double>(logits.size()))});
  count_ = sorted_ = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    candidates_[count_] = static_cast<TokenId>(i);  // overwritten by the next if it is too small
    count_ += weights_[i] >= least ? 1 : 0;
  }
  return total;
}

// Brings the `count` largest candidates to the front, in order; sorts no more than these.
void Sampler::sort_first(std::span<const float> logits, std::size_t count) {
  const auto larger = [&](TokenId a, TokenId b) {
    const float x = logits[static_cast<std::size_t>(a)];
    const float y = logits[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  };
  sort_up_to(count, larger);
}

// The first sorted_ are in order already.
template <class Less>
void Sampler::sort_up_to(std::size_t count, Less less) {
  const auto begin = candidates_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto middle = candidates_.begin() + static_cast<std::ptrdiff_t>(count);
  const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (middle != end) std::nth_element(begin, middle, end, less);
  std::sort(begin, middle, less);
  sorted_ = count;
}

// Top-p, then min-p.
void Sampler::keep_nucleus(std::span<const float> logits, const SamplingOptions& options,
                           double total) {
  const auto weight = [&](std::size_t place) {
    return double{weights_[static_cast<std::size_t>(candidates_[place])]};
  };
  if (options.top_p < 1) {
    const double enough = double{options.top_p} * total;
    double mass = 0;
    std::size_t kept = 0;
    while (kept < count_ && (kept == 0 || mass < enough)) {
      if (kept == sorted_) sort_first(logits, std::min(count_, std::max(kFirstTry, 4 * sorted_)));
      mass += weight(kept++);
    }
    count_ = kept;
  }
  // In order where top-k or top-p was at work; else take_all() has removed what is too small, but
  // typical has mixed what top-k left.
  if (options.typical_p < 1 && sorted_ < count_) sort_first(logits, count_);
  while (count_ > 1 && weight(count_ - 1) < double{options.min_p}) --count_;
}

// Leaves the candidates unordered; returns the sum of their weights.
double Sampler::keep_typical(const SamplingOptions& options, double total) {
  const auto index = [&](std::size_t place) {
    return static_cast<std::size_t>(candidates_[place]);
  };
  double entropy = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const double p = double{weights_[index(i)]} / total;
    if (p > 0) entropy -= p * std::log(p);
  }
  keys_.resize(weights_.size());
  for (std::size_t i = 0; i < count_; ++i) {
    keys_[index(i)] = std::abs(-std::log(double{weights_[index(i)]} / total) - entropy);
  }
  const auto more_typical = [this](TokenId a, TokenId b) {
    const double x = keys_[static_cast<std::size_t>(a)], y = keys_[static_cast<std::size_t>(b)];
    return x != y ? x < y : a < b;
  };
  sorted_ = 0;
  double mass = 0;
  std::size_t kept = 0;
  while (kept < count_ && (kept == 0 || mass < double{options.typical_p} * total)) {
    if (kept == sorted_) {
      sort_up_to(std::min(count_, std::max(kFirstTry, 4 * sorted_)), more_typical);
    }
    mass += double{weights_[index(kept++)]};
  }
  count_ = kept;
  sorted_ = 0;
  return mass;
}

TokenId Sampler::draw_mirostat(std::span<const float> logits, float max,
                               const SamplingOptions& options, double random, float& mu) {
  const double total = exponentials(logits, max, options.temperature, weights_);
  // -log2(w / total) <= mu; the largest weight is 1.
  const double least = std::min(total * std::exp2(-double{mu}), 1.0);
  count_ = 0;
  double kept = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (double{weights_[i]} < least || weights_[i] == 0) continue;
    candidates_[count_++] = static_cast<TokenId>(i);
    kept += double{weights_[i]};
  }
  const TokenId token = draw(random);
  const double surprise = -std::log2(double{weights_[static_cast<std::size_t>(token)]} / kept);
  mu -= options.mirostat.eta * (static_cast<float>(surprise) - options.mirostat.tau);
  return token;
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
