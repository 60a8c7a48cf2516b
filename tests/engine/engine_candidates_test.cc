// Several continuations of one prompt, submitted together.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/region_cursor.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

GenerateRequest sampled(Tokens prompt, int max_tokens, std::uint64_t seed) {
  auto request = greedy(std::move(prompt), max_tokens);
  request.sampling = {.temperature = 1, .seed = seed};
  return request;
}

std::vector<std::unique_ptr<Recorder>> run_together(EngineUnderTest& test, GenerateRequest request,
                                                    int count) {
  std::vector<std::unique_ptr<Recorder>> recorders;
  std::vector<ForkRequest> forks;
  const std::uint64_t seed = *request.sampling.seed;
  recorders.push_back(std::make_unique<Recorder>());
  for (int i = 1; i < count; ++i) {
    recorders.push_back(std::make_unique<Recorder>());
    ForkRequest fork{.sampling = request.sampling, .sink = recorders.back()->sink(), .draft = {}};
    fork.sampling.seed = seed + static_cast<std::uint64_t>(i);
    forks.push_back(std::move(fork));
  }
  const auto submitted =
      test.engine->submit(std::move(request), recorders[0]->sink(), std::move(forks));
  EXPECT_TRUE(submitted.has_value());
  for (const auto& recorder : recorders) recorder->wait();
  return recorders;
}

TEST(EngineCandidates, EachSaysWhatItsSeedSaysAlone) {
  std::mt19937 random(31);
  const Tokens prompt = random_tokens(random, 150);
  for (const int running : {16, 2}) {
    EngineUnderTest test({.max_running = running});
    const auto together = run_together(test, sampled(prompt, 40, 100), 5);
    for (std::uint64_t i = 0; i < 5; ++i) {
      EXPECT_EQ(together[i]->tokens, test.run(sampled(prompt, 40, 100 + i))->tokens) << running;
    }
  }
}

TEST(EngineCandidates, ThePromptIsComputedOnce) {
  std::mt19937 random(32);
  EngineUnderTest test;
  const auto together = run_together(test, sampled(random_tokens(random, 1000), 10, 1), 8);
  EXPECT_LT(test.model->tokens, 1000 + 8 * 12);
  for (const auto& one : together) EXPECT_EQ(one->finished->usage.prompt_tokens, 1000);
}

TEST(EngineCandidates, AnAnswerOfOneTokenHasAllItsForks) {
  EngineUnderTest test;
  for (int round = 0; round < 20; ++round) {
    const auto together = run_together(test, sampled({1, 2, 3}, 1, 7), 3);
    for (const auto& one : together) {
      ASSERT_TRUE(one->finished);
      EXPECT_EQ(one->tokens.size(), 1U);
    }
  }
}

TEST(EngineCandidates, AllAreTakenOrNone) {
  EngineUnderTest test({.max_running = 2, .max_queued = 1});
  std::vector<ForkRequest> forks(3);
  const auto refused = test.engine->submit(sampled({1, 2}, 4, 1), {}, std::move(forks));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kQueueFull);
  EXPECT_EQ(test.engine->status().running + test.engine->status().queued, 0);
  const auto together = run_together(test, sampled({1, 2}, 4, 1), 3);
  for (const auto& one : together) EXPECT_TRUE(one->finished);
}

TEST(EngineCandidates, AForkHasADraftSourceOfItsOwn) {
  EngineUnderTest test;
  const auto alone = test.run(sampled({1, 2, 3}, 60, 8));
  Recorder first, second;
  std::vector<ForkRequest> forks;
  forks.push_back({.sampling = {.temperature = 1, .seed = 8},
                   .sink = second.sink(),
                   .draft = std::make_unique<RegionCursor>(alone->tokens, 3)});
  ASSERT_TRUE(
      test.engine->submit(sampled({1, 2, 3}, 60, 7), first.sink(), std::move(forks)).has_value());
  first.wait();
  second.wait();
  EXPECT_EQ(second.tokens, alone->tokens);
  EXPECT_GT(second.finished->usage.accepted_tokens, 20);
}

// Penalties and mirostat look back on the text: guesses, forks and rewinds must not change what
// they see.
TEST(EngineCandidates, EveryKindOfSamplingIsTheSameWithDraftsAndInForks) {
  std::vector<SamplingOptions> kinds(6, {.temperature = 1, .seed = 5});
  kinds[0].frequency_penalty = 1.5F;
  kinds[1].presence_penalty = 2;
  kinds[2].dry = {.multiplier = 3, .allowed_length = 1};
  kinds[3].mirostat = {.version = 2, .tau = 3, .eta = 0.3F};
  kinds[4].typical_p = 0.5F;
  kinds[5].top_n_sigma = 1;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    SCOPED_TRACE(kind);
    EngineUnderTest test({}, {.vocab_size = 20, .spread = 4.0F});
    const auto make = [&] {
      auto request = greedy({1, 2, 3}, 60);
      request.sampling = kinds[kind];
      return request;
    };
    const auto plain = test.run(make());
    auto drafted = make();
    drafted.draft = std::make_unique<OracleDraft>(plain->tokens, 3, 20, 1);
    EXPECT_EQ(test.run(std::move(drafted))->tokens, plain->tokens);

    Recorder fork;
    Generation generation;
    std::promise<void> known;
    auto ready = known.get_future().share();
    Recorder parent([&](const Event& event) {
      const auto* token = std::get_if<Token>(&event);
      if (token == nullptr) return;
      ready.wait();
      if (token->index == 20) generation.fork(kinds[kind], fork.sink());
    });
    generation = *test.engine->submit(make(), parent.sink());
    known.set_value();
    parent.wait();
    fork.wait();
    ASSERT_TRUE(fork.finished);
    EXPECT_EQ(Tokens(plain->tokens.end() - static_cast<std::ptrdiff_t>(fork.tokens.size()),
                     plain->tokens.end()),
              fork.tokens);
  }
}

}  // namespace
}  // namespace cromwell::engine
