// Who starts, who waits, who gives way, and what a step holds.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/scheduler.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

GenerateRequest with(GenerateRequest request, Priority priority, std::string session = {}) {
  request.priority = priority;
  request.session = std::move(session);
  return request;
}

GenerateRequest warm(Tokens prompt, std::string session = {}) {
  return with(greedy(std::move(prompt), 0), Priority::kWarm, std::move(session));
}

// An engine whose passes a gate holds, and which notes what each held: how many tokens of each
// sequence.
class EngineSchedule : public testing::Test {
 protected:
  void open(EngineOptions options, int pages = 64) {
    test_ = std::make_unique<EngineUnderTest>(
        options, fakes::ScriptedModelOptions{.pages = pages}, [this](auto& model) {
          model.on_forward([this, gate = gate_.hook()](const model::Batch& batch) {
            std::vector<int> counts(batch.page_tables.size());
            for (const auto& token : batch.tokens) {
              ++counts[static_cast<std::size_t>(token.sequence)];
            }
            steps_.push_back(counts);
            positions_.push_back(batch.tokens.front().position);
            return gate(batch);
          });
        });
  }
  // Submits it; the order of starts has its letter then.
  Recorder& submit(char letter, GenerateRequest request) {
    recorders_.push_back(std::make_unique<Recorder>([this, letter](const Event& event) {
      if (std::holds_alternative<Started>(event)) starts_ += letter;
    }));
    auto generation = test_->engine->submit(std::move(request), recorders_.back()->sink());
    EXPECT_TRUE(generation.has_value());
    return *recorders_.back();
  }
  // The starts, once all have ended.
  std::string starts() {
    gate_.open();
    for (const auto& recorder : recorders_) recorder->wait();
    return starts_;
  }
  Tokens reference(const Tokens& prompt, int count) const {
    return greedy_reference(*test_->model, *test_->tokenizer, prompt, count);
  }

  StepGate gate_;
  std::vector<std::vector<int>> steps_;  // the engine thread's, until all have ended
  std::vector<int> positions_;           // of each step's first token
  std::string starts_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::unique_ptr<EngineUnderTest> test_;
};

TEST_F(EngineSchedule, TheMoreUrgentStartsFirst) {
  open({.max_running = 1});
  submit('r', greedy({1}, 3));
  gate_.wait_arrived(1);
  submit('b', with(greedy({2}, 3), Priority::kBackground));
  submit('n', with(greedy({3}, 3), Priority::kNormal));
  submit('m', with(greedy({4}, 3), Priority::kNormal));
  submit('i', with(greedy({5}, 3), Priority::kInteractive));
  EXPECT_EQ(starts(), "rinmb");
}

TEST_F(EngineSchedule, ALessUrgentOneIsPassedOverOnlySoOften) {
  open({.max_running = 1});
  submit('r', with(greedy({1}, 3), Priority::kInteractive));
  gate_.wait_arrived(1);
  submit('b', with(greedy({2}, 3), Priority::kBackground));
  submit('n', greedy({3}, 3));
  for (TokenId i = 0; i < 40; ++i) submit('i', with(greedy({4, i}, 3), Priority::kInteractive));
  // n is passed over by the others' first ones too, but b is older; then by b, which is as urgent.
  const std::string most(kMostPassedOver, 'i'), most_but_b(kMostPassedOver - 1, 'i');
  const std::string rest(40 - most.size() - most_but_b.size(), 'i');
  EXPECT_EQ(starts(), "r" + most + "b" + most_but_b + "n" + rest);
}

TEST_F(EngineSchedule, OfThosePassedOverHeGoesFirstWhoseTurnItIs) {
  open({.max_running = 1});
  submit('r', with(greedy({1}, 3), Priority::kInteractive));
  gate_.wait_arrived(1);
  for (TokenId i = 0; i < 3; ++i) submit('f', with(greedy({2, i}, 3), Priority::kNormal, "flood"));
  submit('y', with(greedy({3}, 3), Priority::kNormal, "y"));
  for (TokenId i = 0; i < 40; ++i) submit('i', with(greedy({4, i}, 3), Priority::kInteractive));
  const std::string order = starts();
  EXPECT_EQ(order.substr(0, 1 + kMostPassedOver + 1),
            "r" + std::string(kMostPassedOver, 'i') + "f");
  EXPECT_LT(order.find('y'), order.find('f', order.find('f') + 1))
      << "its client has had nothing yet: " << order;
}

TEST_F(EngineSchedule, WhoWritesMuchUrgentlyDoesNotKeepItsBackgroundWaitingForEver) {
  open({.max_running = 1, .max_queued = 1000});
  submit('r', with(greedy({1}, 3), Priority::kInteractive));
  gate_.wait_arrived(1);
  submit('b', with(greedy({9}, 3), Priority::kBackground, "a"));
  for (TokenId i = 0; i < 120; ++i) {
    submit('i', with(greedy({4, i}, 30), Priority::kInteractive, "a"));
  }
  for (TokenId i = 0; i < 40; ++i) {
    submit('c', with(greedy({2, i}, 3), Priority::kBackground, "c"));
  }
  EXPECT_LE(starts().find('b'), 2U * (kMostPassedOver + 1));
}

TEST_F(EngineSchedule, ALongBackgroundPromptIsReadHoweverManyUrgentOnesCome) {
  open({.max_running = 2});
  std::mt19937 random(31);
  std::size_t started_before_its_end = 0;
  Recorder background([&](const Event& event) {
    if (std::holds_alternative<Finished>(event)) started_before_its_end = starts_.size();
  });
  ASSERT_TRUE(test_->engine->submit(
      with(greedy(random_tokens(random, 300), 3), Priority::kBackground), background.sink()));
  gate_.wait_arrived(1);
  for (int i = 0; i < 60; ++i) {
    submit('i', with(greedy(random_tokens(random, 64), 3), Priority::kInteractive));
  }
  starts();
  background.wait();
  EXPECT_GT(started_before_its_end, std::size_t{kMostPassedOver - 1});
  EXPECT_LT(started_before_its_end, 60U);
}

TEST_F(EngineSchedule, WhoSendsManyDoesNotKeepTheOthersWaiting) {
  open({.max_running = 1});
  submit('a', greedy({1}, 3));
  gate_.wait_arrived(1);
  for (const char letter : {'b', 'c', 'd'}) submit(letter, greedy(Tokens(10, letter), 3));
  submit('x', with(greedy({2}, 3), Priority::kNormal, "x"));
  submit('y', with(greedy({3}, 3), Priority::kNormal, "y"));
  EXPECT_EQ(starts().substr(0, 4), "axyb");
}

TEST_F(EngineSchedule, WhoHasWrittenMuchComesAfterWhoHasReadLess) {
  open({.max_running = 1});
  submit('a', with(greedy({1}, 100), Priority::kNormal, "x"));
  gate_.wait_arrived(1);
  submit('b', with(greedy({2}, 3), Priority::kNormal, "x"));
  submit('p', with(greedy(Tokens(30, 3), 3), Priority::kNormal, "y"));
  submit('q', with(greedy({4}, 3), Priority::kNormal, "y"));
  EXPECT_EQ(starts(), "apqb");
}

TEST_F(EngineSchedule, WhatForksWriteIsTheirClientsToo) {
  open({.max_running = 4});
  auto request = with(greedy({1}, 30), Priority::kNormal, "x");
  std::vector<Recorder> others(3);
  std::vector<ForkRequest> forks(3);
  for (std::size_t i = 0; i < 3; ++i) {
    forks[i].sampling = request.sampling;
    forks[i].sink = others[i].sink();
  }
  Recorder first;
  ASSERT_TRUE(test_->engine->submit(std::move(request), first.sink(), std::move(forks)));
  gate_.wait_arrived(1);
  submit('p', greedy(Tokens(10, 2), 3));
  submit('q', greedy({3}, 3));
  submit('b', with(greedy({4}, 3), Priority::kNormal, "x"));
  EXPECT_EQ(starts(), "pqb");
  first.wait();
  for (auto& other : others) other.wait();
}

TEST_F(EngineSchedule, AnInteractiveRequestDoesNotWaitForItsSessionsBackground) {
  open({});
  const Tokens prompt{7, 8};
  const auto& background = submit('b', with(greedy({1}, 50), Priority::kBackground, "s"));
  gate_.wait_arrived(1);
  const auto& next = submit('c', with(greedy({2}, 3), Priority::kBackground, "s"));
  const auto& urgent = submit('i', with(greedy(prompt, 3), Priority::kInteractive, "s"));
  EXPECT_EQ(starts(), "bic");
  EXPECT_EQ(urgent.tokens, reference(prompt, 3));
  EXPECT_EQ(background.tokens.size(), 50U);
  EXPECT_TRUE(next.finished);
}

TEST_F(EngineSchedule, AReplacedRequestCostsItsSessionNothing) {
  open({.max_running = 1});
  submit('r', greedy({1}, 3));
  gate_.wait_arrived(1);
  for (const char letter : {'w', 'x'}) {
    auto request = with(greedy(Tokens(50, letter), 3), Priority::kNormal, "s");
    request.replaces_waiting = true;
    submit(letter, std::move(request));
  }
  submit('y', with(greedy({2}, 3), Priority::kNormal, "y"));
  EXPECT_EQ(starts(), "rxy");
}

// One that guesses needs one page, but for the guesses, which are wrong; the other needs another,
// and would end first.
class PagesForGuesses : public EngineSchedule {
 protected:
  static GenerateRequest guessing() {
    auto request = greedy(Tokens(20, 2), 40);
    request.draft = std::make_unique<OracleDraft>(Tokens(200, 0), 20, 100, 1U);
    return request;
  }
  static GenerateRequest plain() { return greedy(Tokens(60, 3), 10); }
  std::unique_ptr<Recorder> noting(char letter) {
    return std::make_unique<Recorder>([this, letter](const Event& event) {
      if (std::holds_alternative<Finished>(event)) ends_ += letter;
    });
  }
  std::string ends_;
};

TEST_F(PagesForGuesses, KeepNobodyWaiting) {
  open({.max_draft = 200}, 4);
  auto guesser = noting('g'), other = noting('p');
  ASSERT_TRUE(test_->engine->submit(guessing(), guesser->sink()));
  gate_.allow(2);
  gate_.wait_arrived(3);  // it writes, and has all pages
  ASSERT_TRUE(test_->engine->submit(plain(), other->sink()));
  starts();
  guesser->wait();
  other->wait();
  EXPECT_EQ(ends_, "pg");
}

TEST_F(PagesForGuesses, CostNobodyHisPlace) {
  open({.max_draft = 200}, 4);
  submit('r', greedy({1}, 0));
  gate_.wait_arrived(1);
  auto guesser = noting('g'), other = noting('p');
  ASSERT_TRUE(test_->engine->submit(guessing(), guesser->sink()));
  ASSERT_TRUE(test_->engine->submit(plain(), other->sink()));
  starts();
  guesser->wait();
  other->wait();
  EXPECT_EQ(ends_, "pg");
}

TEST_F(EngineSchedule, AnUrgentOneTakesThePlaceOfALessUrgentWhichGoesOnLater) {
  open({.max_running = 1, .prefill_chunk = 50});  // it is stopped within a page
  std::mt19937 random(1);
  const auto prompt = random_tokens(random, 200);
  const auto& background = submit('b', with(greedy(prompt, 20), Priority::kBackground));
  gate_.allow(2);
  gate_.wait_arrived(3);
  const auto& urgent = submit('i', with(greedy({5}, 3), Priority::kInteractive));
  EXPECT_EQ(starts(), "bi");
  EXPECT_EQ(urgent.tokens, reference({5}, 3));
  EXPECT_EQ(background.tokens, reference(prompt, 20));
  EXPECT_EQ(std::count(background.order.begin(), background.order.end(), 'S'), 1);
  EXPECT_EQ(test_->model->tokens, 200 + 19 + 3) << "nothing is computed twice";
}

TEST_F(EngineSchedule, AnUrgentOneTakesTheMemoryOfALessUrgent) {
  open({}, 4);
  std::mt19937 random(2);
  const auto first = random_tokens(random, 150), second = random_tokens(random, 200);
  const auto& background = submit('b', with(greedy(first, 20), Priority::kBackground));
  gate_.wait_arrived(1);
  const auto& urgent = submit('i', with(greedy(second, 20), Priority::kInteractive));
  EXPECT_EQ(starts(), "bi");
  EXPECT_EQ(urgent.tokens, reference(second, 20));
  EXPECT_EQ(background.tokens, reference(first, 20));
}

TEST_F(EngineSchedule, APromptIsReadInWholeChunksWhileNobodyWrites) {
  open({});
  std::mt19937 random(3);
  submit('a', greedy(random_tokens(random, 300), 1));
  starts();
  EXPECT_EQ(steps_, (std::vector<std::vector<int>>{{64}, {64}, {64}, {64}, {44}}));
}

TEST_F(EngineSchedule, WhoWritesHasATokenInEachStepOfAnothersPrompt) {
  open({});
  std::mt19937 random(4);
  const auto prompt = random_tokens(random, 1000);
  submit('w', greedy({1}, 400));
  gate_.allow(3);
  gate_.wait_arrived(4);
  const auto& reader = submit('r', greedy(prompt, 2));
  starts();
  EXPECT_EQ(reader.tokens, reference(prompt, 2));
  std::vector<int> slices;
  for (const auto& step : steps_) {
    EXPECT_LE(step.size(), 2U);
    EXPECT_TRUE(std::count(step.begin(), step.end(), 1) > 0 || step.size() == 1);
    if (step.size() == 2) slices.push_back(std::max(step[0], step[1]));
  }
  ASSERT_FALSE(slices.empty());
  EXPECT_EQ(slices[0], 8) << "while what a token costs is not known";
}

TEST_F(EngineSchedule, WhereLittleIsToBeReadItIsReadAtOnceBesideAWriter) {
  open({});
  std::mt19937 random(8);
  const auto first = random_tokens(random, 100), second = random_tokens(random, 40);
  submit('w', greedy({1}, 100));
  gate_.allow(3);
  gate_.wait_arrived(4);
  const auto& one = submit('r', greedy(first, 2));
  const auto& other = submit('s', greedy(second, 2));
  starts();
  const auto begin = std::find_if(steps_.begin() + 1, steps_.end(),
                                  [](const auto& step) { return step.size() > 1; });
  ASSERT_LT(begin + 3, steps_.end());
  EXPECT_EQ(std::vector(begin, begin + 3),
            (std::vector<std::vector<int>>{{64, 1}, {36, 28, 1}, {12, 1, 1}}));
  EXPECT_EQ(one.tokens, reference(first, 2));
  EXPECT_EQ(other.tokens, reference(second, 2));
}

TEST_F(EngineSchedule, ALongPromptGoesOnHoweverManyShortOnesCome) {
  open({});
  std::mt19937 random(9);
  submit('l', greedy(random_tokens(random, 400), 1));
  gate_.wait_arrived(1);
  for (int i = 0; i < 12; ++i) submit('s', greedy(random_tokens(random, 60), 1));
  starts();
  const std::vector<int> shared{48, 16};  // the short one, the long one
  EXPECT_GE(std::count_if(steps_.begin(), steps_.end(),
                          [](const auto& step) { return step.back() == 16; }),
            10);
  EXPECT_EQ(steps_[1], shared);
}

TEST_F(EngineSchedule, LongPromptsTakeTurnsOfAChunk) {
  open({.prefill_chunk = 32});
  std::mt19937 random(10);
  std::vector<Tokens> prompts{random_tokens(random, 300), random_tokens(random, 300)};
  submit('w', greedy({1}, 400));
  gate_.allow(3);
  gate_.wait_arrived(4);
  submit('a', greedy(prompts[0], 1));
  submit('b', greedy(prompts[1], 1));
  starts();
  int read = 0;
  for (std::size_t i = 4; i < steps_.size() && read < 32; ++i) {
    if (steps_[i].size() < 2) continue;
    EXPECT_EQ(positions_[i], read) << "the same goes on";
    read += steps_[i].front();
  }
  EXPECT_GE(read, 32);
}

TEST_F(EngineSchedule, ALessUrgentWriterDoesNotSlowAPromptDown) {
  open({});
  std::mt19937 random(5);
  submit('b', with(greedy({1}, 100), Priority::kBackground));
  gate_.allow(3);
  gate_.wait_arrived(4);
  submit('i', with(greedy(random_tokens(random, 200), 1), Priority::kInteractive));
  starts();
  std::vector<int> chunks;
  for (const auto& step : steps_) {
    if (step.size() == 2) chunks.push_back(std::max(step[0], step[1]));
  }
  EXPECT_EQ(chunks, (std::vector<int>{64, 64, 64, 8}));
}

TEST_F(EngineSchedule, WarmingRestsWhileAnybodyElseHasSomethingToDo) {
  open({});
  std::mt19937 random(6);
  const auto prompt = random_tokens(random, 300);
  submit('w', warm(prompt));
  gate_.allow(1);
  gate_.wait_arrived(2);
  submit('n', greedy({1}, 50));
  EXPECT_EQ(starts(), "wn");
  for (const auto& step : steps_) EXPECT_EQ(step.size(), 1U);
  const auto again = test_->run(greedy(prompt, 3));
  EXPECT_EQ(again->started->cached_tokens, 299);
  EXPECT_EQ(again->tokens, reference(prompt, 3));
}

TEST_F(EngineSchedule, ARequestOfTheSessionEndsItsWarmingAndGoesOnThere) {
  open({});
  std::mt19937 random(7);
  const auto prompt = random_tokens(random, 300);
  const auto& warming = submit('w', warm(prompt, "s"));
  gate_.allow(2);
  gate_.wait_arrived(3);
  const auto& request = submit('n', with(greedy(prompt, 3), Priority::kNormal, "s"));
  EXPECT_EQ(starts(), "wn");
  EXPECT_EQ(warming.finished->reason, FinishReason::kCancelled);
  EXPECT_EQ(request.started->cached_tokens, 3 * 64);
}

TEST_F(EngineSchedule, NoMoreIsWarmedThanAllowedAndItTakesNobodysPlace) {
  open({.max_running = 1, .max_queued = 0, .max_warming = 2});
  submit('v', warm({1}));
  submit('w', warm({2}));
  Recorder refused;
  const auto third = test_->engine->submit(warm({3}), refused.sink());
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().code, base::ErrorCode::kQueueFull);
  const auto& request = submit('n', greedy({4}, 3));
  starts();
  EXPECT_TRUE(request.finished);
  auto writes = warm({1});
  writes.max_tokens = 1;
  EXPECT_EQ(test_->engine->submit(std::move(writes), refused.sink()).error().param, "max_tokens");
}

TEST_F(EngineSchedule, ANewerRequestReplacesTheOlderOfItsSessionThatWaits) {
  open({});
  const auto replacing = [](int token, const char* session) {
    auto request = with(greedy({token}, 5), Priority::kInteractive, session);
    request.replaces_waiting = true;
    return request;
  };
  const auto& running = submit('a', replacing(1, "s"));
  gate_.wait_arrived(1);
  const auto& replaced = submit('b', replacing(2, "s"));
  const auto& kept = submit('c', with(greedy({3}, 5), Priority::kNormal, "s"));
  const auto& elsewhere = submit('d', replacing(4, "other"));
  const auto& newest = submit('e', replacing(5, "s"));
  EXPECT_EQ(starts(), "adec") << "the more urgent of a session goes first";
  ASSERT_TRUE(replaced.failed);
  EXPECT_EQ(replaced.order, "X");
  EXPECT_EQ(replaced.failed->error.code, base::ErrorCode::kConflict);
  for (const auto* recorder : {&running, &kept, &elsewhere, &newest}) {
    EXPECT_TRUE(recorder->finished);
  }
}

}  // namespace
}  // namespace cromwell::engine
