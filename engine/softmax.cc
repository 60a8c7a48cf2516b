#include "engine/softmax.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace cromwell::engine {
namespace {

// e^x = 2^n * e^r with n = round(x / ln 2) and |r| <= ln(2) / 2; e^r by the polynomial of Cephes'
// expf. Adding 1.5 * 2^23 to a small float leaves its rounded integer in the low mantissa bits:
//   0 10010110 1000...000  +  n   ->   0 10010110 1000...n
inline float exp_in_range(float x) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23
  constexpr float kInvLn2 = 1.44269504F;
  constexpr float kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  const float shifted = x * kInvLn2 + kRound;
  const float n = shifted - kRound;
  const std::int32_t exponent =
      std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRound);
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float y = p * r * r + r + 1.0F;
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(y) + exponent * (1 << 23));
}

// The range check is on the bits, so that loops of it have no branch: read as integers, negative
// floats go up as their magnitude does,
//   -0.0 = 0x80000000 < -1.0 = 0xbf800000 < -87.0 = 0xc2ae0000 < -infinity = 0xff800000.
inline float exp_checked(float x) {
  constexpr std::int32_t kSign = std::numeric_limits<std::int32_t>::min();
  constexpr auto kLowest = std::bit_cast<std::int32_t>(-87.0F);  // e^-87: still a normal float
  const std::int32_t bits = std::bit_cast<std::int32_t>(x) | kSign;
  const float y = exp_in_range(std::bit_cast<float>(bits < kLowest ? bits : kLowest));
  const std::int32_t in_range = bits <= kLowest ? -1 : 0;
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(y) & in_range);
}

// Eight running sums, so that the additions do not wait for each other.
double sum(std::span<const float> values) {
  std::array<double, 8> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= values.size(); i += lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += double{values[i + lane]};
  }
  for (std::size_t lane = 0; i < values.size(); ++i, ++lane) lanes[lane] += double{values[i]};
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// The largest; none if one is NaN or +infinity. Sixteen running maxima, for the same reason.
std::optional<float> max_of(std::span<const float> values) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  std::array<float, 16> best;
  best.fill(-std::numeric_limits<float>::infinity());
  std::array<std::int32_t, 16> bad{};
  const auto take = [&](std::size_t lane, float x) {
    bad[lane] |= x <= kLargest ? 0 : 1;  // NaN is not
    best[lane] = x > best[lane] ? x : best[lane];
  };
  std::size_t i = 0;
  for (; i + best.size() <= values.size(); i += best.size()) {
    for (std::size_t lane = 0; lane < best.size(); ++lane) take(lane, values[i + lane]);
  }
  for (std::size_t lane = 0; i < values.size(); ++i, ++lane) take(lane, values[i]);
  if (std::find(bad.begin(), bad.end(), 1) != bad.end()) return std::nullopt;
  return *std::max_element(best.begin(), best.end());
}

}  // namespace

float exp_nonpositive(float x) { return exp_checked(x); }

std::optional<MaxLogit> max_logit(std::span<const float> logits) {
  constexpr std::size_t kChunk = 1024;
  float best = -std::numeric_limits<float>::infinity();
  std::span<const float> at;  // the first chunk that has it
  for (std::size_t begin = 0; begin < logits.size(); begin += kChunk) {
    const auto chunk = logits.subspan(begin, std::min(kChunk, logits.size() - begin));
    const auto max = max_of(chunk);
    if (!max) return std::nullopt;
    if (*max > best) best = *max, at = chunk;
  }
  if (at.empty()) return std::nullopt;
  const float* found = std::find(at.data(), at.data() + at.size(), best);
  return MaxLogit{.id = static_cast<TokenId>(found - logits.data()), .value = best};
}

double exponentials(std::span<const float> logits, float max, float temperature,
                    std::span<float> out) {
  if (temperature == 1.0F) {  // the same bits without a division
    for (std::size_t i = 0; i < logits.size(); ++i) out[i] = exp_checked(logits[i] - max);
  } else {
    for (std::size_t i = 0; i < logits.size(); ++i) {
      out[i] = exp_checked((logits[i] - max) / temperature);
    }
  }
  return sum(out.first(logits.size()));
}

ScoredToken score(const LogitRow& row, TokenId token, int top) {
  const std::span<const float> logits = row.logits;
  const double log_sum = double{row.summary.max} + std::log(row.summary.sum);
  const auto logprob = [&](TokenId id) {
    return static_cast<float>(double{logits[static_cast<std::size_t>(id)]} - log_sum);
  };
  ScoredToken scored{.id = token, .logprob = logprob(token)};
  const auto wanted = std::min(static_cast<std::size_t>(top), logits.size());
  if (wanted == 0) return scored;
  // An insertion into the few best so far: nearly every token loses against the last of them.
  scored.top.reserve(wanted + 1);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (scored.top.size() == wanted && !(logits[i] > scored.top.back().logprob)) continue;
    const auto place = std::find_if(scored.top.begin(), scored.top.end(),
                                    [&](const auto& other) { return other.logprob < logits[i]; });
    scored.top.insert(place, {.id = static_cast<TokenId>(i), .logprob = logits[i]});
    if (scored.top.size() > wanted) scored.top.pop_back();
  }
  for (TokenLogprob& best : scored.top) best.logprob = logprob(best.id);
  return scored;
}

}  // namespace cromwell::engine
