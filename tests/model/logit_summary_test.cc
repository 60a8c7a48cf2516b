#include "model/logit_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/fakes/summarize.h"

namespace cromwell::model {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> random_row(int vocab) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal(300, 6);  // e^300 is no float
  std::vector<float> row(static_cast<std::size_t>(vocab));
  std::generate(row.begin(), row.end(), [&] { return normal(random); });
  return row;
}

TEST(LogitSummary, EqualsAComputationInDouble) {
  for (const int vocab : {1, 5, 2047, 2048, 2049, 50000}) {
    const auto row = random_row(vocab);
    const LogitSummary summary = fakes::summarize(row);
    const auto best = std::max_element(row.begin(), row.end());
    double sum = 0;
    for (const float x : row) sum += std::exp(double{x} - double{*best});
    EXPECT_EQ(summary.best, best - row.begin());
    EXPECT_EQ(summary.max, *best);
    EXPECT_NEAR(summary.sum, sum, 1e-6 * sum) << vocab;
  }
}

TEST(LogitSummary, NamesTheLowestOfEqualOnes) {
  auto row = random_row(6000);
  for (const std::size_t place : {5000U, 4999U, 2500U}) row[place] = 400;
  EXPECT_EQ(fakes::summarize(row).best, 2500);
}

TEST(LogitSummary, IsNoneOfARowThatIsNotNumbers) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity}) {
    for (const std::size_t place : {0U, 2048U, 5999U}) {
      auto row = random_row(6000);
      row[place] = bad;
      EXPECT_FALSE(fakes::summarize(row).is_good()) << bad << " at " << place;
    }
  }
  EXPECT_FALSE(fakes::summarize(std::vector<float>(6000, -kInfinity)).is_good());
}

TEST(LogitSummary, OfARowWithOnePossibleTokenIsThat) {
  std::vector<float> row(6000, -kInfinity);
  row[3000] = -2;
  const LogitSummary summary = fakes::summarize(row);
  EXPECT_EQ(summary.best, 3000);
  EXPECT_EQ(summary.sum, 1);
}

}  // namespace
}  // namespace cromwell::model
