#include "engine/pass_cost.h"

#include <gtest/gtest.h>

#include <random>

namespace cromwell::engine {
namespace {

TEST(PassCost, AFirstWidePassSaysWhatNarrowOnesTakeToo) {
  PassCost cost;
  cost.observe(8, 0.1);
  EXPECT_NEAR(cost.ms(8), 0.1, 1e-9);
  EXPECT_LT(cost.ms(1), 0.1);
}

TEST(PassCost, IsTheTableAndStraightLinesBetween) {
  const PassCost cost(PassTimes{10, 11, 13, 20, 30, 50, 90, 170});
  EXPECT_TRUE(cost.is_known());
  EXPECT_DOUBLE_EQ(cost.ms(1), 10);
  EXPECT_DOUBLE_EQ(cost.ms(8), 20);
  EXPECT_DOUBLE_EQ(cost.ms(12), 25);
  EXPECT_DOUBLE_EQ(cost.ms(128), 170);
  EXPECT_DOUBLE_EQ(cost.ms(192), 250);  // the last line goes on
}

TEST(PassCost, AFixedTableLearnsNothing) {
  PassCost cost(PassTimes{1, 2, 3, 4, 5, 6, 7, 8});
  cost.observe(1, 100);
  EXPECT_DOUBLE_EQ(cost.ms(1), 1);
}

TEST(PassCost, TheFirstPassSetsTheScaleOfAll) {
  PassCost cost;
  EXPECT_FALSE(cost.is_known());
  cost.observe(1, 40);
  EXPECT_TRUE(cost.is_known());
  EXPECT_NEAR(cost.ms(1), 40, 1e-9);
  EXPECT_GT(cost.ms(64), 40);
}

TEST(PassCost, LearnsACurveFromNoisyPasses) {
  constexpr unsigned kSeed = 5;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<double> noise(0.9, 1.1);
  const auto truth = [](int columns) { return columns <= 8 ? 20.0 : 20.0 + 2.0 * (columns - 8); };
  PassCost cost;
  for (int i = 0; i < 4000; ++i) {
    const int columns = 1 + static_cast<int>(random() % 64);
    cost.observe(columns, truth(columns) * noise(random));
  }
  for (const int columns : {1, 4, 8, 16, 40, 64}) {
    EXPECT_NEAR(cost.ms(columns), truth(columns), 0.15 * truth(columns)) << columns;
  }
}

TEST(PassCost, WidePassesThatCostMoreThanThoughtDoNotMakeNarrowOnesDearer) {
  PassCost cost;
  for (int i = 0; i < 10; ++i) cost.observe(1, 5);
  for (int i = 0; i < 100; ++i) cost.observe(60, 70);
  EXPECT_NEAR(cost.ms(1), 5, 0.5);
  EXPECT_NEAR(cost.ms(60), 70, 1);
  EXPECT_GE(cost.ms(128), cost.ms(60));
}

TEST(PassCost, AColumnBeyondTheWidestPassCostsWhatTheLastOnesDid) {
  PassCost cost;
  for (int i = 0; i < 10; ++i) {
    for (const int columns : {1, 2, 4, 8, 16, 32, 64}) cost.observe(columns, 3 + 0.5 * columns);
  }
  EXPECT_NEAR(cost.ms(128) - cost.ms(64), 32, 2);
  EXPECT_NEAR(cost.ms(256) - cost.ms(128), 64, 4);
}

TEST(PassCost, ASlowerMachineIsSlowerForCountsThatDoNotRunToo) {
  PassCost cost;
  for (int i = 0; i < 100; ++i) cost.observe(1, 10);
  for (int i = 0; i < 10; ++i) cost.observe(64, 40);
  const double before = cost.ms(64);
  for (int i = 0; i < 100; ++i) cost.observe(1, 15);
  EXPECT_NEAR(cost.ms(1), 15, 0.2);
  EXPECT_GT(cost.ms(64), 1.05 * before);
}

TEST(PassCost, WhatIsForgottenIsMeasuredAgain) {
  PassCost cost;
  cost.observe(1, 10000);
  cost.forget();
  EXPECT_FALSE(cost.is_known());
  cost.observe(1, 10);
  EXPECT_TRUE(cost.is_known());
  EXPECT_NEAR(cost.ms(1), 10, 1e-6);
  EXPECT_LT(cost.ms(16), 100);
}

TEST(PassCost, OneInterruptedPassSaysLittle) {
  PassCost cost;
  for (int i = 0; i < 100; ++i) cost.observe(1, 10);
  cost.observe(1, 10000);
  EXPECT_LT(cost.ms(1), 14);
}

}  // namespace
}  // namespace cromwell::engine
