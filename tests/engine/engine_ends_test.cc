// How generations end, and what the engine refuses: cancel, limits, drain, failure.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

using namespace std::chrono_literals;

TEST(EngineEnds, RefusesOneMoreThanTheQueueHolds) {
  StepGate gate;
  EngineUnderTest test({.max_running = 1, .max_queued = 2}, {},
                       [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder recorders[4];
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(test.engine->submit(greedy({1, 2, i}, 3), recorders[i].sink()).has_value());
  }
  gate.wait_arrived(1);
  EXPECT_EQ(test.engine->status().running, 1);
  EXPECT_EQ(test.engine->status().queued, 2);
  const auto refused = test.engine->submit(greedy({9}, 3), recorders[3].sink());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kQueueFull);
  gate.open();
  for (int i = 0; i < 3; ++i) recorders[i].wait();
  EXPECT_TRUE(test.engine->submit(greedy({9}, 3), recorders[3].sink()).has_value());
  recorders[3].wait();
  EXPECT_EQ(recorders[3].tokens.size(), 3U);
}

TEST(EngineEnds, CancelEndsAPrefillWithinOneChunk) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder recorder;
  std::mt19937 random(1);
  auto request = greedy(random_tokens(random, 1000), 3);
  request.session = "s";
  const auto generation = test.engine->submit(std::move(request), recorder.sink());
  gate.allow(1);
  gate.wait_arrived(2);  // in the second chunk
  generation->cancel();
  gate.open();
  recorder.wait();
  EXPECT_EQ(recorder.finished->reason, FinishReason::kCancelled);
  EXPECT_EQ(test.model->passes, 2);
  EXPECT_EQ(test.model->tokens, 128);
  EXPECT_EQ(test.engine->sessions().at(0).cached_tokens, 128);  // what it read is not lost
}

TEST(EngineEnds, CancelFromASinkStopsAtThatToken) {
  EngineUnderTest test;
  for (const int at : {1, 3, 17}) {
    Generation generation;
    std::promise<void> known;
    auto ready = known.get_future().share();
    int seen = 0;
    Recorder recorder([&](const Event& event) {
      if (!std::holds_alternative<Token>(event)) return;
      ready.wait();
      if (++seen == at) generation.cancel();
    });
    auto request = greedy({1, 2, 3}, 100);
    request.draft = std::make_unique<OracleDraft>(
        greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 100), 3, 0, 1);
    generation = *test.engine->submit(std::move(request), recorder.sink());
    known.set_value();
    recorder.wait();
    EXPECT_EQ(recorder.finished->reason, FinishReason::kCancelled);
    EXPECT_EQ(recorder.tokens.size(), static_cast<std::size_t>(at));
    generation.cancel();  // harmless
  }
}

TEST(EngineEnds, CancelOfAWaitingGenerationIsItsOnlyEvent) {
  StepGate gate;
  EngineUnderTest test({.max_running = 1}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder first, second;
  ASSERT_TRUE(test.engine->submit(greedy({1}, 50), first.sink()).has_value());
  const auto waiting = test.engine->submit(greedy({2}, 50), second.sink());
  gate.wait_arrived(1);
  waiting->cancel();
  gate.open();
  second.wait();
  EXPECT_EQ(second.order, "F");
  EXPECT_EQ(second.finished->reason, FinishReason::kCancelled);
  first.wait();
  EXPECT_EQ(first.tokens.size(), 50U);
}

TEST(EngineEnds, DrainLetsRunningOnesFinishAndRefusesNewOnes) {
  EngineUnderTest test;
  Recorder recorders[4];
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(test.engine->submit(greedy({i}, 200), recorders[i].sink()).has_value());
  }
  test.engine->drain(60s);
  for (auto& recorder : recorders) {
    ASSERT_TRUE(recorder.finished);
    EXPECT_EQ(recorder.finished->reason, FinishReason::kLength);
  }
  const auto refused = test.engine->submit(greedy({1}, 1), recorders[0].sink());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kUnavailable);
}

TEST(EngineEnds, DrainFailsWhatRunsPastItsDeadline) {
  StepGate gate;
  EngineUnderTest test({.max_running = 1}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder running, waiting, probe;
  ASSERT_TRUE(test.engine->submit(greedy({1}, 4000), running.sink()).has_value());
  ASSERT_TRUE(test.engine->submit(greedy({2}, 4000), waiting.sink()).has_value());
  gate.allow(5);
  gate.wait_arrived(6);
  std::thread drainer([&] { test.engine->drain(0ms); });
  for (;;) {  // until the drain has begun
    const auto submitted = test.engine->submit(greedy({3}, 1), probe.sink());
    if (!submitted && submitted.error().code == base::ErrorCode::kUnavailable) break;
    if (submitted) submitted->cancel();
    std::this_thread::yield();
  }
  gate.open();
  drainer.join();
  ASSERT_TRUE(running.failed);
  ASSERT_TRUE(waiting.failed);
  EXPECT_EQ(running.failed->error.code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(waiting.order, "X");
  const auto status = test.engine->status();
  EXPECT_EQ(status.pages_free + status.pages_idle, status.pages_total);
}

TEST(EngineEnds, DestructionCancelsEverythingAndHandlesOutliveIt) {
  StepGate gate;
  EngineUnderTest test({.max_running = 1}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder running, waiting, fork, orphan;
  const auto generation = test.engine->submit(greedy({1}, 4000), running.sink());
  ASSERT_TRUE(test.engine->submit(greedy({2}, 4000), waiting.sink()).has_value());
  gate.wait_arrived(1);
  generation->fork({}, fork.sink());
  std::thread opener([&] { gate.open(); });
  test.engine.reset();
  opener.join();
  for (auto* recorder : {&running, &waiting, &fork}) {
    ASSERT_TRUE(recorder->finished);
    EXPECT_EQ(recorder->finished->reason, FinishReason::kCancelled);
  }
  generation->cancel();
  generation->rewind_to(0);
  generation->replace_draft(nullptr);
  generation->fork({}, orphan.sink());
  EXPECT_EQ(orphan.order, "X");
}

TEST(EngineEnds, ModelFailureFailsAllAndTheEngineTakesNoMore) {
  std::atomic<bool> broken = false;
  EngineUnderTest test({.max_running = 2}, {}, [&](auto& model) {
    model.on_forward([&](const model::Batch&) -> base::Result<> {
      if (!broken) return {};
      return base::Error{.code = base::ErrorCode::kUnavailable, .message = "file has shrunk"};
    });
  });
  auto request = greedy({1}, 3);
  request.session = "s";
  test.run(std::move(request));
  Recorder recorders[3];
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(test.engine->submit(greedy({i}, 4000), recorders[i].sink()).has_value());
  }
  // Two steps later the engine has taken the last one too.
  const auto taken = test.engine->status().steps + 2;
  while (test.engine->status().steps < taken) std::this_thread::yield();
  broken = true;
  for (auto& recorder : recorders) {
    recorder.wait();
    ASSERT_TRUE(recorder.failed);
    EXPECT_EQ(recorder.failed->error.message, "file has shrunk");
  }
  const auto status = test.engine->status();
  EXPECT_FALSE(status.healthy);
  EXPECT_EQ(status.queued + status.running, 0);
  const auto refused = test.engine->submit(greedy({1}, 1), recorders[0].sink());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kUnavailable);
}

TEST(EngineEnds, NotANumberFailsOnlyThatGeneration) {
  EngineUnderTest test({}, {}, [](auto& model) {
    model.on_row([](const Tokens& text, float* row) {
      if (text[0] == 7 && text.size() == 10) row[100] = std::numeric_limits<float>::quiet_NaN();
    });
  });
  Recorder good, bad;
  ASSERT_TRUE(test.engine->submit(greedy({6}, 30), good.sink()).has_value());
  ASSERT_TRUE(test.engine->submit(greedy({7}, 30), bad.sink()).has_value());
  good.wait();
  bad.wait();
  EXPECT_EQ(good.tokens.size(), 30U);
  ASSERT_TRUE(bad.failed);
  EXPECT_EQ(bad.failed->error.code, base::ErrorCode::kInternal);
  EXPECT_EQ(bad.tokens.size(), 9U);
  EXPECT_TRUE(test.engine->status().healthy);
}

TEST(EngineEnds, TimeLimitsFailThePromptAndCutTheAnswer) {
  EngineUnderTest test({}, {}, [](auto& model) {
    model.on_forward([](const model::Batch&) -> base::Result<> {
      std::this_thread::sleep_for(2ms);  // a pass takes time
      return {};
    });
  });
  std::mt19937 random(4);
  auto request = greedy(random_tokens(random, 3000), 10);
  request.max_prompt_ms = 10;
  auto recorder = test.run(std::move(request));
  ASSERT_TRUE(recorder->failed);
  EXPECT_EQ(recorder->failed->error.code, base::ErrorCode::kTimeout);
  request = greedy({1}, 4000);
  request.max_predict_ms = 10;
  recorder = test.run(std::move(request));
  ASSERT_TRUE(recorder->finished);
  EXPECT_EQ(recorder->finished->reason, FinishReason::kLength);
  EXPECT_GE(recorder->finished->timings.predict_ms, 10);
  EXPECT_LT(recorder->tokens.size(), 3000U);
}

TEST(EngineEnds, HeartbeatGoesOnWhenIdle) {
  EngineUnderTest test;
  const auto before = test.engine->status().steps;
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (test.engine->status().steps < before + 2 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_GE(test.engine->status().steps, before + 2);
}

TEST(EngineEnds, SessionsAreDeletedOnlyWhenNothingUsesThem) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  EXPECT_EQ(test.engine->delete_session("s").error().code, base::ErrorCode::kNotFound);
  Recorder recorder;
  auto request = greedy({1}, 5);
  request.session = "s";
  ASSERT_TRUE(test.engine->submit(std::move(request), recorder.sink()).has_value());
  EXPECT_EQ(test.engine->delete_session("s").error().code, base::ErrorCode::kConflict);
  EXPECT_TRUE(test.engine->sessions().at(0).running);
  gate.open();
  recorder.wait();
  EXPECT_TRUE(test.engine->delete_session("s").has_value());
  EXPECT_TRUE(test.engine->sessions().empty());
  EXPECT_EQ(test.engine->delete_session("s").error().code, base::ErrorCode::kNotFound);
  test.run(greedy({2}, 1));  // the engine has taken the command when this is done
  EXPECT_EQ(test.engine->status().pages_idle, 1);  // of that one
  const auto again = test.run(greedy({1, 1}, 1));
  EXPECT_EQ(again->started->cached_tokens, 0);
}

}  // namespace
}  // namespace cromwell::engine
