// What a generation says does not depend on what else runs, on the size of chunks, on drafts, on
// rewinds and forks, or on memory that ran out meanwhile.
#include <gtest/gtest.h>

#include <set>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

SamplingOptions warm(std::uint64_t seed) {
  return {.temperature = 1, .top_k = 30, .top_p = 0.9F, .repetition_penalty = 1.1F, .seed = seed};
}

GenerateRequest sampled(Tokens prompt, int max_tokens, std::uint64_t seed) {
  auto request = greedy(std::move(prompt), max_tokens);
  request.sampling = warm(seed);
  return request;
}

void expect_no_page_in_use(EngineUnderTest& test) {
  for (const auto& session : test.engine->sessions()) {
    EXPECT_TRUE(test.engine->delete_session(session.id).has_value()) << session.id;
  }
  test.run(greedy({1}, 1));  // the engine has taken these commands when this is done
  const auto status = test.engine->status();
  EXPECT_EQ(status.pages_free + status.pages_idle, status.pages_total);
  EXPECT_EQ(status.running + status.queued + status.sessions, 0);
}

TEST(EngineConcurrency, ManyAtOnceEachSayWhatTheySayAlone) {
  for (const int clients : {8, 32}) {
    std::mt19937 random(static_cast<unsigned>(clients));
    std::vector<Tokens> prompts;
    std::vector<Tokens> alone;
    {
      EngineUnderTest test;
      for (int i = 0; i < clients; ++i) {
        prompts.push_back(random_tokens(random, 1 + static_cast<int>(random() % 300)));
        alone.push_back(test.run(sampled(prompts.back(), 60, 5))->tokens);
      }
    }
    // Enough memory for all, and so little that they push each other out.
    for (const int pages : {512, 24, 7}) {
      EngineUnderTest test({.max_running = 16}, {.pages = pages});
      std::vector<std::unique_ptr<Recorder>> recorders;
      for (const auto& prompt : prompts) {
        recorders.push_back(std::make_unique<Recorder>());
        ASSERT_TRUE(test.engine->submit(sampled(prompt, 60, 5), recorders.back()->sink()));
      }
      for (std::size_t i = 0; i < prompts.size(); ++i) {
        recorders[i]->wait();
        ASSERT_TRUE(recorders[i]->finished);
        EXPECT_EQ(recorders[i]->tokens, alone[i]) << "client " << i << " pages " << pages;
      }
      expect_no_page_in_use(test);
    }
  }
}

TEST(EngineConcurrency, APrefixIsComputedOnceForAllWhoBeginWithIt) {
  std::mt19937 random(15);
  const auto shared = random_tokens(random, 1000);
  std::vector<Tokens> prompts(16, shared);
  for (auto& prompt : prompts) {
    const auto own = random_tokens(random, 50);
    prompt.insert(prompt.end(), own.begin(), own.end());
  }
  EngineUnderTest test({}, {.pages = 512});
  std::vector<std::unique_ptr<Recorder>> recorders;
  for (const auto& prompt : prompts) {  // all at once: nothing is in memory when they start
    recorders.push_back(std::make_unique<Recorder>());
    ASSERT_TRUE(test.engine->submit(greedy(prompt, 10), recorders.back()->sink()));
  }
  int cached = 0;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    recorders[i]->wait();
    EXPECT_EQ(recorders[i]->tokens,
              greedy_reference(*test.model, *test.tokenizer, prompts[i], 10));
    cached += recorders[i]->finished->usage.cached_tokens;
  }
  const int own = 16 * (50 + 9);
  EXPECT_GE(cached, 15 * 960);
  EXPECT_LE(test.model->tokens, 1000 + 15 * 40 + own);
  expect_no_page_in_use(test);
}

TEST(EngineConcurrency, ACancelledPromptIsGoneOnWithWhereItWas) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  std::mt19937 random(16);
  const auto prompt = random_tokens(random, 300);
  Recorder cancelled;
  const auto generation = test.engine->submit(greedy(prompt, 5), cancelled.sink());
  gate.allow(2);
  gate.wait_arrived(3);
  generation->cancel();
  gate.open();
  cancelled.wait();
  const auto again = test.run(greedy(prompt, 5));
  EXPECT_EQ(again->started->cached_tokens, 3 * 64);
  EXPECT_EQ(again->tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 5));
}

TEST(EngineConcurrency, TextDoesNotDependOnTheChunkSize) {
  std::mt19937 random(11);
  const auto prompt = random_tokens(random, 200);
  Tokens expected;
  for (int chunk = 1; chunk <= 64; ++chunk) {
    EngineUnderTest test({.prefill_chunk = chunk});
    const auto recorder = test.run(sampled(prompt, 30, 3));
    if (expected.empty()) expected = recorder->tokens;
    EXPECT_EQ(recorder->tokens, expected) << chunk;
    EXPECT_EQ(recorder->progress.size(), static_cast<std::size_t>((200 + chunk - 1) / chunk));
  }
}

TEST(EngineConcurrency, DraftsChangeTheSpeedAndNothingElse) {
  std::mt19937 random(12);
  const auto prompt = random_tokens(random, 100);
  for (const bool is_greedy : {true, false}) {
    EngineUnderTest test;
    const auto make = [&] {
      auto request = is_greedy ? greedy(prompt, 150) : sampled(prompt, 150, 99);
      request.top_logprobs = 2;
      return request;
    };
    test.run(greedy(prompt, 0));  // the prompt is in memory from now on
    const int first = test.model->passes;
    const auto plain = test.run(make());
    const int plain_passes = test.model->passes - first;
    for (const int errors : {0, 10, 50, 100}) {
      const int before = test.model->passes;
      auto request = make();
      request.draft = std::make_unique<OracleDraft>(plain->tokens, 100, errors, 1);
      const auto drafted = test.run(std::move(request));
      EXPECT_EQ(drafted->tokens, plain->tokens) << errors;
      EXPECT_EQ(drafted->text(), plain->text());
      for (std::size_t i = 0; i < plain->scored.size(); ++i) {
        EXPECT_EQ(drafted->scored[i].logprob, plain->scored[i].logprob);
        EXPECT_EQ(drafted->scored[i].top.size(), 2U);
      }
      const Usage& usage = drafted->finished->usage;
      EXPECT_EQ(usage.completion_tokens, 150);
      EXPECT_LE(usage.accepted_tokens, usage.draft_tokens);
      const int passes = test.model->passes - before;
      EXPECT_EQ(passes, plain_passes - usage.accepted_tokens);  // each saves a pass
      if (errors == 0) {
        EXPECT_EQ(usage.accepted_tokens, usage.draft_tokens);
        EXPECT_LE(passes, 2 + 150 / 16 + 1);  // the first guesses are few
      }
    }
  }
}

TEST(EngineConcurrency, DraftOutsideTheVocabularyIsIgnored) {
  struct Wild : DraftSource {
    void propose(std::span<const TokenId>, int limit, Tokens& draft) override {
      for (int i = 0; i < limit + 5; ++i) draft.push_back(i == 0 ? 5 : (i % 2 == 0 ? -1 : 1 << 30));
    }
  };
  EngineUnderTest test;
  auto request = greedy({1, 2, 3}, 20);
  request.draft = std::make_unique<Wild>();
  EXPECT_EQ(test.run(std::move(request))->tokens,
            greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 20));
}

TEST(EngineConcurrency, SessionRequestsRunInTheOrderOfSubmission) {
  EngineUnderTest test({.max_running = 4});
  std::mutex mutex;
  std::string order;
  std::vector<std::unique_ptr<Recorder>> recorders;
  for (int i = 0; i < 12; ++i) {
    recorders.push_back(std::make_unique<Recorder>([&, i](const Event& event) {
      const std::lock_guard lock(mutex);
      if (std::holds_alternative<Started>(event)) order += static_cast<char>('a' + i);
      if (std::holds_alternative<Finished>(event)) order += static_cast<char>('A' + i);
    }));
    auto request = greedy({i, 2, 3}, 5 + (i * 7) % 11);
    request.session = i % 3 == 2 ? "" : "s" + std::to_string(i % 3);
    ASSERT_TRUE(test.engine->submit(std::move(request), recorders.back()->sink()));
  }
  for (auto& recorder : recorders) recorder->wait();
  std::string of_first, of_second;
  for (const char c : order) {
    const int client = std::tolower(c) - 'a';
    if (client % 3 == 0) of_first += c;
    if (client % 3 == 1) of_second += c;
  }
  EXPECT_EQ(of_first, "aAdDgGjJ");
  EXPECT_EQ(of_second, "bBeEhHkK");
}

TEST(EngineConcurrency, RewindGoesOnFromTheEarlierPlace) {
  EngineUnderTest test;
  const Tokens prompt = {10, 20, 30};
  const auto plain = test.run(greedy(prompt, 80));
  Generation generation;
  std::promise<void> known;
  auto ready = known.get_future().share();
  bool rewound = false;
  int tokens_seen = 0;
  Recorder recorder([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    ++tokens_seen;
    if (token->index == 70 && !std::exchange(rewound, true)) generation.rewind_to(13);
  });
  generation = *test.engine->submit(greedy(prompt, 80), recorder.sink());
  known.set_value();
  recorder.wait();
  EXPECT_EQ(recorder.tokens, plain->tokens);
  EXPECT_EQ(recorder.text(), plain->text());
  EXPECT_EQ(tokens_seen, 71 + 80 - 13);
  EXPECT_EQ(recorder.finished->usage.completion_tokens, 80);
  EXPECT_EQ(recorder.order.find_first_of("?!"), std::string::npos);
}

TEST(EngineConcurrency, RewindWithATemperatureGoesAnotherWayTheSameInEachRun) {
  Tokens first_run, unrewound;
  for (int run = 0; run < 3; ++run) {
    EngineUnderTest test;
    if (run == 0) unrewound = test.run(sampled({1, 2}, 40, 8))->tokens;
    Generation generation;
    std::promise<void> known;
    auto ready = known.get_future().share();
    bool rewound = false;
    Recorder recorder([&](const Event& event) {
      const auto* token = std::get_if<Token>(&event);
      if (token == nullptr) return;
      ready.wait();
      // At another place in each run: only where it rewinds to matters.
      if (token->index == 20 + run && !std::exchange(rewound, true)) generation.rewind_to(5);
    });
    generation = *test.engine->submit(sampled({1, 2}, 40, 8), recorder.sink());
    known.set_value();
    recorder.wait();
    EXPECT_TRUE(std::equal(unrewound.begin(), unrewound.begin() + 5, recorder.tokens.begin()));
    EXPECT_NE(recorder.tokens, unrewound);
    if (run == 0) first_run = recorder.tokens;
    EXPECT_EQ(recorder.tokens, first_run);
  }
}

TEST(EngineConcurrency, ForksShareThePromptAndGoTheirOwnWays) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  std::mt19937 random(13);
  const auto prompt = random_tokens(random, 200);
  Recorder parent;
  Recorder forks[4];
  const auto generation = test.engine->submit(sampled(prompt, 40, 0), parent.sink());
  for (std::uint64_t i = 0; i < 4; ++i) generation->fork(warm(i), forks[i].sink());
  gate.open();
  parent.wait();
  std::set<Tokens> different;
  for (std::uint64_t i = 0; i < 4; ++i) {
    forks[i].wait();
    EXPECT_EQ(forks[i].started->prompt_tokens, 200);
    EXPECT_EQ(forks[i].started->cached_tokens, 199);
    EXPECT_EQ(forks[i].tokens, test.run(sampled(prompt, 40, i))->tokens) << "fork " << i;
    different.insert(forks[i].tokens);
  }
  EXPECT_EQ(forks[0].tokens, parent.tokens);
  EXPECT_EQ(different.size(), 4U);
  EXPECT_GT(test.model->copies, 0);
  expect_no_page_in_use(test);
}

TEST(EngineConcurrency, ForkInTheMiddleContinuesTheText) {
  EngineUnderTest test;
  const auto plain = test.run(sampled({1, 2}, 60, 4));
  Generation generation;
  std::promise<void> known;
  auto ready = known.get_future().share();
  Recorder fork;
  Recorder parent([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    if (token->index == 24) generation.fork(warm(4), fork.sink());
  });
  generation = *test.engine->submit(sampled({1, 2}, 60, 4), parent.sink());
  known.set_value();
  parent.wait();
  fork.wait();
  EXPECT_EQ(fork.started->prompt_tokens, 27);
  EXPECT_EQ(fork.tokens, Tokens(plain->tokens.begin() + 25, plain->tokens.end()));
  EXPECT_EQ(parent.tokens, plain->tokens);
  std::string before;
  for (int i = 0; i < 25; ++i) before += plain->texts[static_cast<std::size_t>(i)];
  EXPECT_EQ(before + fork.text(), plain->text());
}

TEST(EngineConcurrency, DraftsAfterARewindDoNotWriteIntoPagesOfAFork) {
  EngineUnderTest test;
  const Tokens prompt = {10, 20, 30};
  const auto plain = test.run(greedy(prompt, 170));
  Generation generation;
  std::promise<void> known;
  auto ready = known.get_future().share();
  bool once = false;
  Recorder fork;
  Recorder parent([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    if (token->index < 140 || std::exchange(once, true)) return;
    generation.fork({.temperature = 0}, fork.sink());
    generation.rewind_to(50);  // the next drafts cross into the second page, which the fork has too
    generation.replace_draft(std::make_unique<OracleDraft>(plain->tokens, 3, 50, 1));
  });
  generation = *test.engine->submit(greedy(prompt, 170), parent.sink());
  known.set_value();
  parent.wait();
  fork.wait();
  EXPECT_EQ(parent.tokens, plain->tokens);
  const auto shared = fork.started->prompt_tokens - 3;
  EXPECT_EQ(fork.tokens, Tokens(plain->tokens.begin() + shared, plain->tokens.end()));
  expect_no_page_in_use(test);
}

TEST(EngineConcurrency, ForkOfAnEndedGenerationIsRefused) {
  EngineUnderTest test;
  Recorder parent, fork;
  const auto generation = test.engine->submit(greedy({1}, 3), parent.sink());
  parent.wait();
  generation->fork({}, fork.sink());
  fork.wait();
  EXPECT_EQ(fork.order, "X");
  EXPECT_EQ(fork.failed->error.code, base::ErrorCode::kConflict);
  expect_no_page_in_use(test);
}

TEST(EngineConcurrency, ForkOutlivesAParentCancelledInItsPrompt) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  std::mt19937 random(14);
  const auto prompt = random_tokens(random, 200);
  Recorder parent, fork;
  const auto generation = test.engine->submit(greedy(prompt, 10), parent.sink());
  generation->fork({.temperature = 0}, fork.sink());
  gate.allow(1);
  gate.wait_arrived(2);
  generation->cancel();
  gate.open();
  fork.wait();
  EXPECT_EQ(parent.finished->reason, FinishReason::kCancelled);
  EXPECT_EQ(fork.tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 10));
  expect_no_page_in_use(test);
}

}  // namespace
}  // namespace cromwell::engine
