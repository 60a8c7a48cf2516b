// What the engine counts, against what it was asked for and what the model saw.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

TEST(EngineMetrics, TokensAreThoseOfTheUsages) {
  EngineUnderTest test;
  std::mt19937 random(1);
  const auto prompt = random_tokens(random, 200);
  const auto answer = greedy_reference(*test.model, *test.tokenizer, prompt, 40);
  Usage sum;
  for (const int errors : {0, 30, 100}) {
    auto request = greedy(prompt, 40);
    request.draft = std::make_unique<OracleDraft>(answer, 200, errors, 3U);
    const auto usage = test.run(std::move(request))->finished->usage;
    add(sum, usage);
    sum.cached_tokens += usage.cached_tokens;
  }
  const EngineCounters counters = test.engine->metrics().counters;
  EXPECT_EQ(counters.generated_tokens, 120U);
  EXPECT_EQ(counters.draft_tokens, static_cast<std::uint64_t>(sum.draft_tokens));
  EXPECT_EQ(counters.accepted_tokens, static_cast<std::uint64_t>(sum.accepted_tokens));
  EXPECT_GT(counters.accepted_tokens, 0U);
  EXPECT_EQ(counters.cached_tokens, static_cast<std::uint64_t>(sum.cached_tokens));
  EXPECT_EQ(counters.prompt_tokens + counters.cached_tokens, 3U * 200);
}

TEST(EngineMetrics, TimesOfDecodingAreThoseOfTheAnswers) {
  EngineUnderTest test;
  const auto answer = greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 60);
  Timings sum;
  for (const int errors : {0, 50}) {
    auto request = greedy({1, 2, 3}, 60);
    request.draft = std::make_unique<OracleDraft>(answer, 3, errors, 3U);
    add(sum, test.run(std::move(request))->finished->timings);
  }
  const EngineCounters counters = test.engine->metrics().counters;
  EXPECT_GT(counters.decode_ms, 0);
  EXPECT_DOUBLE_EQ(counters.decode_ms, sum.decode_ms);
  EXPECT_DOUBLE_EQ(counters.plain_ms, sum.plain_ms);
}

TEST(EngineMetrics, PassesAreThoseThatTheModelRan) {
  EngineUnderTest test;
  test.run(greedy(Tokens(150, 7), 20));
  test.run(greedy({1}, 1));  // the last step has been published when this begins
  const EngineCounters counters = test.engine->metrics().counters;
  EXPECT_EQ(counters.step_ms.count(), counters.columns.count());
  EXPECT_GE(counters.columns.count() + 1, static_cast<std::uint64_t>(test.model->passes));
  EXPECT_GE(counters.columns.counts[0], 19U) << "passes of one token";
  EXPECT_GE(counters.columns.counts[6], 2U) << "of 33 to 64";
}

TEST(EngineMetrics, EveryEndIsCountedOnce) {
  StepGate gate;
  EngineUnderTest test({.max_running = 1, .max_queued = 1}, {},
                       [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder cut, cancelled, refused;
  ASSERT_TRUE(test.engine->submit(greedy({1}, 3), cut.sink()));
  gate.wait_arrived(1);
  const auto waiting = test.engine->submit(greedy({2}, 3), cancelled.sink());
  ASSERT_TRUE(waiting);
  ASSERT_FALSE(test.engine->submit(greedy({3}, 3), refused.sink()));
  const EngineMetrics during = test.engine->metrics();  // though a pass is being computed
  EXPECT_EQ(during.running, 1);
  EXPECT_EQ(during.queued, 1);
  EXPECT_EQ(during.submitted, 2U);
  EXPECT_EQ(during.refused, 1U);
  waiting->cancel();
  gate.open();
  cut.wait();
  cancelled.wait();
  const EngineCounters counters = test.engine->metrics().counters;
  EXPECT_EQ(counters.cut, 1U);
  EXPECT_EQ(counters.cancelled, 1U);
  EXPECT_EQ(counters.stopped + counters.failed, 0U);
}

TEST(EngineMetrics, PagesAreCountedByWhatTheyAreUsedFor) {
  EngineUnderTest test({}, {.pages = 8});
  std::mt19937 random(2);
  const auto prompt = random_tokens(random, 190);
  auto request = greedy(prompt, 2);
  request.session = "pinned";
  test.run(std::move(request));
  ASSERT_TRUE(test.engine->pin_session("pinned", true));
  test.run(greedy(random_tokens(random, 250), 2));
  EXPECT_EQ(test.engine->metrics().counters.evicted_pages, 0U);
  test.run(greedy(random_tokens(random, 250), 2));  // no page is free for it
  const EngineMetrics metrics = test.engine->metrics();
  EXPECT_EQ(metrics.pages_total, 8);
  EXPECT_EQ(metrics.pages_pinned, 3);
  EXPECT_EQ(metrics.pages_free + metrics.pages_idle, 8);
  EXPECT_GT(metrics.counters.evicted_pages, 0U);
}

TEST(EngineMetrics, AValueIsCountedWithTheBoundThatItReaches) {
  Histogram<kColumnBounds> histogram;
  for (const double value : {1.0, 2.0, 3.0, 4.0, 1000.0}) histogram.add(value);
  EXPECT_EQ(histogram.counts, (decltype(histogram.counts){1, 1, 2, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(histogram.sum, 1010);
  EXPECT_EQ(histogram.count(), 5U);
}

}  // namespace
}  // namespace cromwell::engine
