#include "engine/draft_length.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cromwell::engine {
namespace {

const PassCost kFlat(PassTimes{10, 10.1, 10.3, 10.7, 11.5, 13.1, 16.3, 22.7});
const PassCost kSteep(PassTimes{10, 20, 40, 80, 160, 320, 640, 1280});

TEST(DraftLength, NothingIsGuessedWhereAColumnCostsAPass) {
  EXPECT_EQ(best_draft_length(kSteep, {}, 0.99, 63), 0);
}

TEST(DraftLength, NothingIsGuessedBeforeAPassWasMeasured) {
  EXPECT_EQ(best_draft_length(PassCost(), {}, 0.99, 63), 0);
}

TEST(DraftLength, GrowsWithAcceptanceUpToTheLimit) {
  int last = 0;
  for (const double acceptance : {0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 1.0}) {
    const int length = best_draft_length(kFlat, {}, acceptance, 63);
    EXPECT_GE(length, last) << acceptance;
    last = length;
  }
  EXPECT_EQ(last, 63);
  EXPECT_EQ(best_draft_length(kFlat, {}, 0.0, 63), 0);
}

TEST(DraftLength, IsTheBestOfAllLengths) {
  const PassCost cost(PassTimes{10, 11, 13, 17, 25, 41, 73, 137});
  const auto rate = [&](double p, int length) {
    double tokens = 3;
    for (int i = 1; i <= length; ++i) tokens += std::pow(p, i);
    return tokens / cost.ms(5 + length);
  };
  for (const double p : {0.2, 0.5, 0.8, 0.95}) {
    const int best = best_draft_length(cost, {.columns = 5, .tokens = 3}, p, 40);
    for (int length = 0; length <= 40; ++length) {
      EXPECT_LE(rate(p, length), rate(p, best) * (1 + 1e-12)) << p << ' ' << length;
    }
  }
}

TEST(DraftLength, WhatAGuessItselfTakesIsPartOfItsCost) {
  const int free = best_draft_length(kFlat, {}, 0.9, 63);
  const int cheap = best_draft_length(kFlat, {}, 0.9, 63, 1.0);
  EXPECT_GT(free, cheap);
  EXPECT_GT(cheap, 0);
  EXPECT_EQ(best_draft_length(kFlat, {}, 0.9, 63, 10.0), 0);  // as slow as the model itself
}

TEST(DraftLength, WhatIsSavedIsTheShareOfTheTimeThatATokenTakesLess) {
  // Two guesses of which each is right half of the time: 1.75 tokens in 10.3 + 1.4 ms, not 17.5.
  const PassCost cost(PassTimes{10, 10.15, 10.45, 11, 12, 14, 18, 26});
  const double ms = cost.ms(3) + 2 * 0.7;
  EXPECT_NEAR(saved_share(cost, {}, 0.5, 2, 0.7), 1 - ms / 17.5, 1e-12);
  EXPECT_EQ(saved_share(cost, {}, 0.5, 0, 0.7), 0);
}

TEST(Acceptance, AWeakPriorIsSoonForgotten) {
  Acceptance acceptance(1, 0.25);
  EXPECT_NEAR(acceptance.rate(), 0.8, 1e-12);
  for (int i = 0; i < 10; ++i) acceptance.observe(0, true);
  EXPECT_LT(acceptance.rate(), 0.1);
}

TEST(Acceptance, FollowsWhatIsAcceptedLately) {
  Acceptance acceptance;
  const double first = acceptance.rate();
  for (int i = 0; i < 20; ++i) acceptance.observe(15, false);
  EXPECT_GT(acceptance.rate(), 0.97);
  for (int i = 0; i < 1500; ++i) acceptance.observe(0, true);
  EXPECT_LT(acceptance.rate(), 0.2);
  for (int i = 0; i < 400; ++i) acceptance.fade();
  EXPECT_NEAR(acceptance.rate(), first, 0.05);  // forgotten: worth another try
}

}  // namespace
}  // namespace cromwell::engine
