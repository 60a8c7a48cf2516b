#include "engine/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "engine/random.h"
#include "tests/engine/logit_row.h"

namespace cromwell::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> random_logits(std::mt19937& random, int count, float spread = 6.0F) {
  std::normal_distribution<float> normal(0.0F, spread / 3);
  std::vector<float> logits;
  for (int i = 0; i < count; ++i) logits.push_back(normal(random));
  return logits;
}

// The documented order, with a full sort and in double: token -> probability.
std::map<TokenId, double> reference(std::vector<float> logits, const SamplingOptions& options,
                                    const std::vector<TokenId>& text) {
  std::vector<TokenId> distinct = text;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const TokenId id : distinct) {
    float& x = logits[static_cast<std::size_t>(id)];
    x = x > 0 ? x / options.repetition_penalty : x * options.repetition_penalty;
  }
  struct Candidate {
    TokenId id;
    double weight;
  };
  const float max = *std::max_element(logits.begin(), logits.end());
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    all.push_back({static_cast<TokenId>(i),
                   std::exp((double{logits[i]} - max) / double{options.temperature})});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (options.top_k > 0 && static_cast<std::size_t>(options.top_k) < all.size()) {
    all.resize(static_cast<std::size_t>(options.top_k));
  }
  const auto sum = [&] {
    return std::accumulate(all.begin(), all.end(), 0.0,
                           [](double s, const auto& c) { return s + c.weight; });
  };
  if (options.top_p < 1) {
    const double enough = sum() * double{options.top_p};
    double mass = 0;
    std::size_t kept = 0;
    while (kept < all.size() && (kept == 0 || mass < enough)) mass += all[kept++].weight;
    all.resize(kept);
  }
  while (all.size() > 1 && all.back().weight < double{options.min_p} * all[0].weight) {
    all.pop_back();
  }
  std::map<TokenId, double> probabilities;
  const double total = sum();
  for (const auto& c : all) {
    if (c.weight > 0) probabilities[c.id] = c.weight / total;
  }
  return probabilities;
}

TEST(Sampler, DrawsFromTheDocumentedDistribution) {
  std::mt19937 random(7);
  const std::vector<SamplingOptions> all_options = {
      {.temperature = 1},
      {.temperature = 0.5F},
      {.temperature = 2, .top_k = 7},
      {.temperature = 1, .top_p = 0.8F},
      {.temperature = 1, .min_p = 0.1F},
      {.temperature = 0.7F, .top_k = 20, .top_p = 0.9F, .min_p = 0.05F},
      {.temperature = 1, .top_p = 0.9F, .repetition_penalty = 1.5F},
      {.temperature = 1, .top_k = 1},
      {.temperature = 1, .top_p = 0},
  };
  constexpr int kVocab = 40;
  constexpr int kDraws = 20000;
  for (std::size_t option = 0; option < all_options.size(); ++option) {
    const auto& options = all_options[option];
    const auto logits = random_logits(random, kVocab);
    const std::vector<TokenId> text = {3, 5, 5, 8};
    const auto expected = reference(logits, options, text);
    Sampler sampler(kVocab);
    std::map<TokenId, int> counts;
    for (int i = 0; i < kDraws; ++i) {
      const auto token = sampler.choose(row_of(logits), options, text, nullptr,
                                        uniform(option, 0, static_cast<std::uint64_t>(i)));
      ASSERT_TRUE(token.has_value());
      ASSERT_TRUE(expected.contains(*token)) << "options " << option << " token " << *token;
      ++counts[*token];
    }
    double chi_square = 0;
    for (const auto& [id, probability] : expected) {
      const double mean = probability * kDraws;
      chi_square += (counts[id] - mean) * (counts[id] - mean) / mean;
    }
    // Mean n - 1, variance 2 (n - 1): five standard deviations. The seed is fixed.
    const double freedom = static_cast<double>(expected.size()) - 1;
    EXPECT_LE(chi_square, freedom + 5 * std::sqrt(2 * freedom) + 1) << "options " << option;
  }
}

TEST(Sampler, KeepsWhatAFullSortKeepsOnLargeVocabularies) {
  std::mt19937 random(8);
  constexpr int kVocab = 5000;
  Sampler sampler(kVocab);
  for (int round = 0; round < 60; ++round) {
    const auto logits = random_logits(random, kVocab, round % 2 == 0 ? 12.0F : 1.0F);
    SamplingOptions options{.temperature = 0.3F + static_cast<float>(round % 5) * 0.4F};
    if (round % 3 != 0) options.top_p = 0.5F + 0.049F * static_cast<float>(round % 10);
    if (round % 4 == 1) options.top_k = 1 + round * 17;
    if (round % 5 == 2) options.min_p = 0.02F;
    const auto expected = reference(logits, options, {});
    // The two ends of the cumulative distribution and a few places between.
    for (const double at : {0.0, 0.2, 0.5, 0.9, 0.999999}) {
      const auto token = sampler.choose(row_of(logits), options, {}, nullptr, at);
      ASSERT_TRUE(token.has_value());
      EXPECT_TRUE(expected.contains(*token)) << "round " << round << " at " << at;
    }
  }
}

TEST(Sampler, TakesTheLowestIdOfEqualLogitsWhenGreedy) {
  Sampler sampler(5);
  const std::vector<float> logits = {1, 3, 2, 3, 3};
  EXPECT_EQ(sampler.choose(row_of(logits), {.temperature = 0}, {}, nullptr, 0.99).value(), 1);
}

TEST(Sampler, PenalisesEachTokenOfTheTextOnce) {
  Sampler sampler(3);
  const std::vector<float> logits = {4, 3, -1};
  const SamplingOptions options{.temperature = 0, .repetition_penalty = 1.3F};
  EXPECT_EQ(sampler.choose(row_of(logits), options, {}, nullptr, 0).value(), 0);
  // 4 / 1.3 is still above 3; penalised twice it would not be.
  EXPECT_EQ(
      sampler.choose(row_of(logits), options, std::vector<TokenId>{0, 0, 0}, nullptr, 0).value(),
      0);
  const SamplingOptions strong{.temperature = 0, .repetition_penalty = 1.4F};
  EXPECT_EQ(sampler.choose(row_of(logits), strong, std::vector<TokenId>{0}, nullptr, 0).value(), 1);
  EXPECT_EQ(logits[0], 4);  // the row itself is kept for the log-probabilities
}

TEST(Sampler, RefusesRowsThatAreNotNumbers) {
  Sampler sampler(3);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity}) {
    const std::vector<float> logits = {1, bad, 2};
    for (const float temperature : {0.0F, 1.0F}) {
      const auto token =
          sampler.choose(row_of(logits), {.temperature = temperature}, {}, nullptr, 0.5);
      ASSERT_FALSE(token.has_value());
      EXPECT_EQ(token.error().code, base::ErrorCode::kInternal);
    }
  }
  const std::vector<float> none(3, -kInfinity);
  EXPECT_FALSE(sampler.choose(row_of(none), {.temperature = 1}, {}, nullptr, 0.5).has_value());
}

TEST(Sampler, NeverDrawsATokenAtMinusInfinity) {
  Sampler sampler(4);
  const std::vector<float> logits = {-kInfinity, 0, -kInfinity, 0};
  for (int i = 0; i <= 100; ++i) {
    for (const int top_k : {0, 4}) {
      const auto token = sampler.choose(row_of(logits), {.temperature = 5, .top_k = top_k}, {},
                                        nullptr, std::min(i / 100.0, 0x1.fffffffffffffp-1));
      EXPECT_EQ(token.value() % 2, 1);
    }
  }
}

TEST(Sampler, DrawsInTheOrderOfSizeWhenExactlyKTokensAreAllowed) {
  Sampler sampler(5);
  const std::vector<float> logits = {0, -kInfinity, 2, -kInfinity, 1};
  const SamplingOptions options{.temperature = 1, .top_k = 3, .top_p = 0.5F};
  for (const double at : {0.0, 0.5, 0.99}) {
    EXPECT_EQ(sampler.choose(row_of(logits), options, {}, nullptr, at).value(), 2);
  }
}

TEST(Sampler, SurvivesAVanishingTemperature) {
  Sampler sampler(3);
  const std::vector<float> logits = {1, 3, 2};
  EXPECT_EQ(sampler.choose(row_of(logits), {.temperature = 1e-40F}, {}, nullptr, 0.999).value(), 1);
}

TEST(Random, IsTheSameOnEveryMachine) {
  // From an independent computation in Python's integers.
  EXPECT_EQ(mix64(1), 0x5692161d100b05e5U);
  EXPECT_EQ(uniform(42, 0, 0), 0.3869742762400409);
  EXPECT_EQ(uniform(42, 1, 7), 0.5649028026636309);
}

TEST(Random, IsUniformOverIndicesSeedsAndStreams) {
  for (int dimension = 0; dimension < 3; ++dimension) {
    std::vector<int> counts(100);
    for (std::uint64_t i = 0; i < 100000; ++i) {
      const double u =
          uniform(dimension == 0 ? i : 1, dimension == 1 ? i : 2, dimension == 2 ? i : 3);
      ASSERT_GE(u, 0);
      ASSERT_LT(u, 1);
      ++counts[static_cast<std::size_t>(u * 100)];
    }
    double chi_square = 0;
    for (const int count : counts) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
    EXPECT_LT(chi_square, 99 + 5 * std::sqrt(2 * 99.0)) << "dimension " << dimension;
  }
}

TEST(Softmax, ExponentialIsRightToTwoTenMillionths) {
  EXPECT_EQ(exp_nonpositive(0.0F), 1.0F);
  EXPECT_EQ(exp_nonpositive(-kInfinity), 0.0F);
  EXPECT_EQ(exp_nonpositive(-100.0F), 0.0F);
  for (float x = 0; x > -87; x -= 0.00137F) {
    ASSERT_NEAR(exp_nonpositive(x) / std::exp(double{x}), 1.0, 2e-7) << x;
  }
}

TEST(Softmax, ScoresEqualALongDoubleComputation) {
  std::mt19937 random(9);
  for (const int vocab : {1, 7, 8, 300, 50000}) {
    auto logits = random_logits(random, vocab, 30);
    for (float& x : logits) x += 500;  // would overflow without the maximum taken out
    long double sum = 0;
    for (const float x : logits) sum += std::exp(static_cast<long double>(x) - 500);
    const LogitRow row = row_of(logits);
    const int top = std::min(vocab, 5);
    const auto scored = score(row, vocab / 2, top);
    const auto expected =
        static_cast<long double>(logits[static_cast<std::size_t>(vocab / 2)]) - 500 - std::log(sum);
    EXPECT_NEAR(scored.logprob, static_cast<double>(expected), 2e-5);
    ASSERT_EQ(scored.top.size(), static_cast<std::size_t>(top));
    std::vector<TokenId> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](TokenId a, TokenId b) {
      return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
    for (int i = 0; i < top; ++i) {
      EXPECT_EQ(scored.top[static_cast<std::size_t>(i)].id, order[static_cast<std::size_t>(i)]);
    }
    EXPECT_EQ(scored.top[0].id, row.summary.best);
  }
}

}  // namespace
}  // namespace cromwell::engine
