// The pacer on a machine whose times are made up: a step takes what its tokens take.
#include "engine/prefill_pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/turns.h"

namespace cromwell::engine {
namespace {

struct Machine {
  double weights_ms;  // one pass over the weights
  double token_ms;    // arithmetic of a token
  double step_ms(int writers, int prompt_tokens) const {
    return std::max(weights_ms, token_ms * (writers + prompt_tokens)) + 0.02 * prompt_tokens;
  }
};

// The longest step with prompts, in steps of the writers alone, after the pacer has settled.
double longest_gap(const Machine& machine, int writers) {
  PrefillPacer pacer;
  double longest = 0;
  for (int step = 0; step < 300; ++step) {
    const int slice = pacer.slice(64, writers);
    const double ms = machine.step_ms(writers, slice);
    pacer.record(slice, writers, ms);
    if (step > 30) longest = std::max(longest, ms / machine.step_ms(writers, 0));
  }
  return longest;
}

TEST(PrefillPacer, KeepsAStepBelowTwiceWhatTheWritersTakeAlone) {
  for (const Machine machine : {Machine{25, 4}, Machine{25, 8}, Machine{4, 0.8}, Machine{90, 1}}) {
    for (const int writers : {1, 4, 16}) {
      EXPECT_LT(longest_gap(machine, writers), 2) << machine.weights_ms << " ms, " << writers;
    }
  }
}

TEST(PrefillPacer, TakesAsMuchAsThatAllows) {
  const Machine machine{25, 4};
  PrefillPacer pacer;
  int tokens = 0;
  for (int step = 0; step < 100; ++step) {
    const int slice = pacer.slice(64, 1);
    pacer.record(slice, 1, machine.step_ms(1, slice));
    tokens += slice;
  }
  EXPECT_GT(tokens, 700);  // a step of 40 ms holds ten
}

TEST(PrefillPacer, MeasuresTheWritersAloneFirstAndNowAndThen) {
  PrefillPacer pacer;
  EXPECT_EQ(pacer.slice(64, 1), 0);
  pacer.record(0, 1, 10);
  int alone = 0;
  for (int step = 0; step < 650; ++step) {
    const int slice = pacer.slice(64, 1);
    EXPECT_LE(slice, 64);
    pacer.record(slice, 1, 10 + slice);
    if (slice == 0) ++alone;
  }
  EXPECT_EQ(alone, 10);
}

TEST(PrefillPacer, AlwaysGoesOnBySomething) {
  PrefillPacer pacer;
  pacer.record(0, 1, 1);
  pacer.record(8, 1, 100000);
  EXPECT_EQ(pacer.slice(64, 1), 1);
}

TEST(PrefillPacer, TakesTheWholeChunkWhereTokensCostNothing) {
  PrefillPacer pacer;
  pacer.record(0, 1, 0);
  pacer.record(8, 1, 0);
  pacer.record(0, 1, 5);
  for (int i = 0; i < 20; ++i) pacer.record(8, 1, 1);
  EXPECT_EQ(pacer.slice(64, 1), 64);
}

TEST(PrefillPacer, MeasuresAnewWhenWritersHaveLeft) {
  PrefillPacer pacer;
  pacer.record(0, 16, 100);
  pacer.record(8, 16, 108);
  EXPECT_EQ(pacer.slice(64, 16), 64);
  EXPECT_EQ(pacer.slice(64, 17), 64) << "who has come makes the step longer, not shorter";
  EXPECT_EQ(pacer.slice(64, 1), 0);
  pacer.record(0, 1, 10);
  EXPECT_EQ(pacer.slice(64, 1), 7) << "of the one writer's 10 ms, not of an average with 16";
}

TEST(PrefillPacer, TakesNothingWhereThereIsNoRoom) {
  PrefillPacer pacer;
  pacer.record(0, 1, 10);
  EXPECT_EQ(pacer.slice(0, 1), 0);
  pacer.record(8, 1, 18);
  EXPECT_EQ(pacer.slice(0, 1), 0);
}

TEST(Turns, GoToTheClientThatHadLess) {
  Turns turns;
  const auto first = turns.take("many", 100);
  const auto second = turns.take("many", 100);
  const auto third = turns.take("many", 100);
  turns.started(first, 100);
  const auto other = turns.take("other", 1000);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(other, second);
}

TEST(Turns, NobodyWaitsForEver) {
  Turns turns;
  turns.started(turns.take("many", 100), 100);
  const auto waiting = turns.take("many", 100);
  for (int i = 0;; ++i) {  // new clients come all the time, each with one request
    ASSERT_LT(i, 100);
    const auto other = turns.take("client" + std::to_string(i), 50);
    if (other >= waiting) break;
    turns.started(other, 50);
  }
}

TEST(Turns, WhatNeverStartsCostsNothing) {
  Turns turns;
  const auto first = turns.take("a", 100);
  turns.give_back("a", 100);
  EXPECT_EQ(turns.take("a", 100), first);
  turns.give_back("gone", 100);
}

TEST(Turns, ForgetClientsThatHaveGone) {
  Turns turns;
  for (int i = 0; i < 1000; ++i) {
    turns.started(turns.take("client" + std::to_string(i), 50), 50);
    ASSERT_LT(turns.clients(), 20U);
  }
}

}  // namespace
}  // namespace cromwell::engine
