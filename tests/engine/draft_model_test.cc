// A draft model in the engine: what it saves, what it may take, and that no text depends on it.
#include "engine/draft_model.h"

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "tests/engine/engine_fixture.h"
#include "tests/fakes/tiny_gguf.h"

namespace cromwell::engine {
namespace {

TEST(DraftModel, ItsGuessesSavePasses) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin());
  const auto drafted = test.run(greedy({1, 2, 3}, 100));
  EXPECT_EQ(drafted->tokens, greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 100));
  EXPECT_LT(test.model->passes, 15);
  const Usage& usage = drafted->finished->usage;
  EXPECT_GT(usage.draft_tokens, 80);
  EXPECT_EQ(usage.accepted_tokens, usage.draft_tokens);
  EXPECT_EQ(usage.model_draft_tokens, usage.draft_tokens);
  EXPECT_EQ(usage.model_accepted_tokens, usage.accepted_tokens);
  const EngineCounters counters = test.engine->metrics().counters;
  EXPECT_EQ(counters.model_draft_tokens, static_cast<std::uint64_t>(usage.draft_tokens));
  EXPECT_EQ(counters.model_accepted_tokens, static_cast<std::uint64_t>(usage.accepted_tokens));
}

TEST(DraftModel, TheTextOfASeedIsThePlainOneAtEveryTemperature) {
  EngineUnderTest plain;
  EngineUnderTest drafted({.draft_pass_times = kTenthOfAPass}, {}, {}, mistaken_twin(5));
  int guessed = 0, right = 0;
  for (const float temperature : {0.0F, 0.5F, 1.0F}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto make = [&] {
        auto request = greedy({1, 2, 3}, 60);
        request.sampling.temperature = temperature;
        request.sampling.seed = seed;
        return request;
      };
      const auto answer = drafted.run(make());
      EXPECT_EQ(answer->tokens, plain.run(make())->tokens) << temperature << ' ' << seed;
      guessed += answer->finished->usage.model_draft_tokens;
      right += answer->finished->usage.model_accepted_tokens;
    }
  }
  EXPECT_GT(right, 300);
  EXPECT_LT(right, guessed);
}

TEST(DraftModel, IsNotAskedWhereTheDraftSourceHasGuesses) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin());
  const Tokens answer = greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 100);
  auto request = greedy({1, 2, 3}, 100);
  request.draft = std::make_unique<OracleDraft>(answer, 3, 0, 1);
  const auto drafted = test.run(std::move(request));
  EXPECT_GT(drafted->finished->usage.accepted_tokens, 80);
  EXPECT_EQ(drafted->finished->usage.model_draft_tokens, 0);
  EXPECT_EQ(test.drafter->passes, 0);
}

TEST(DraftModel, GuessesWhatTheDraftSourceDoesNot) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin());
  Tokens known = greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 100);
  known.resize(40);
  auto request = greedy({1, 2, 3}, 100);
  request.draft = std::make_unique<OracleDraft>(known, 3, 0, 1);
  const auto drafted = test.run(std::move(request));
  const Usage& usage = drafted->finished->usage;
  EXPECT_GT(usage.model_accepted_tokens, 40);
  EXPECT_GT(usage.accepted_tokens - usage.model_accepted_tokens, 30);
}

TEST(DraftModel, MakesNoGuessThatDoesNotPay) {
  EngineUnderTest test({.draft_pass_times = fakes::kCheapColumns}, {}, {}, twin());
  const auto drafted = test.run(greedy({1, 2, 3}, 50));
  EXPECT_EQ(drafted->finished->usage.draft_tokens, 0);
  EXPECT_EQ(test.drafter->passes, 0);
}

TEST(DraftModel, OneThatIsOftenWrongIsSoonLeftAloneAlsoByOtherTexts) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, mistaken_twin(1));
  const auto drafted = test.run(greedy({1, 2, 3}, 300));
  EXPECT_EQ(drafted->tokens, greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 300));
  EXPECT_LT(drafted->finished->usage.accepted_tokens, 10);
  EXPECT_LT(drafted->finished->usage.draft_tokens, 120);
  for (TokenId first = 10; first < 20; ++first) test.run(greedy({first}, 100));
  EXPECT_LT(test.engine->metrics().counters.model_draft_tokens, 200U);
}

TEST(DraftModel, IsTriedAgainWhereItWasWrong) {
  auto drafter = twin();
  drafter->on_row([](const Tokens& text, float* row) {
    if (text[0] == 1) row[text.size() % 7] = 1000;
  });
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, std::move(drafter));
  test.run(greedy({1, 2, 3}, 40));
  const auto drafted = test.run(greedy({2, 3, 4}, 200));
  EXPECT_GT(drafted->finished->usage.model_accepted_tokens, 100);
}

TEST(DraftModel, ALongTextIsNotReadForASmallGain) {
  constexpr PassTimes kNearlyAPass{0.7, 0.75, 0.8, 0.9, 1.0, 1.5, 2.0, 3.0};
  std::mt19937 random(12);
  const Tokens prompt = random_tokens(random, 1000);
  EngineUnderTest test({.draft_pass_times = kNearlyAPass}, {}, {}, twin());
  test.run(greedy({1, 2, 3}, 20));  // what its passes take is known
  const int before = test.drafter->tokens;
  EXPECT_GT(before, 0);
  test.run(greedy(prompt, 200));
  EXPECT_LT(test.drafter->tokens - before, 200);
}

// Two write, of whom one has a long prompt: what the draft model does in a step fits in the share
// of the time that the step takes without it.
TEST(DraftModel, OthersWaitForNoMoreThanItsShareOfAStep) {
  const PassCost cost(kTenthOfAPass);
  double taken_ms = 0, most_ms = 0;
  auto drafter = twin();
  drafter->on_forward([&](const model::Batch& batch) -> base::Result<> {
    taken_ms += cost.ms(static_cast<int>(batch.tokens.size()));
    return {};
  });
  std::mt19937 random(5);
  const Tokens prompt = random_tokens(random, 1000);
  EngineUnderTest test(
      {.draft_pass_times = kTenthOfAPass}, {},
      [&](auto& model) {
        model.on_forward([&](const model::Batch& batch) -> base::Result<> {
          const double ms = std::exchange(taken_ms, 0);
          if (batch.page_tables.size() == 2) most_ms = std::max(most_ms, ms);
          return {};
        });
      },
      std::move(drafter));
  Recorder a, b;
  ASSERT_TRUE(test.engine->submit(greedy(prompt, 800), a.sink()));
  ASSERT_TRUE(test.engine->submit(greedy({1, 2, 3}, 800), b.sink()));
  a.wait();
  b.wait();
  EXPECT_GT(a.finished->usage.model_accepted_tokens, 100);
  EXPECT_GT(b.finished->usage.model_accepted_tokens, 100);
  EXPECT_GT(most_ms, 0);
  EXPECT_LE(most_ms, 0.7 * PassCost(fakes::kCheapColumns).ms(2));
  EXPECT_EQ(a.tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 800));
}

TEST(DraftModel, DoesNothingInAStepThatReadsAPrompt) {
  int drafting = 0, both = 0, readings = 0;
  auto drafter = twin();
  drafter->on_forward([&](const model::Batch&) -> base::Result<> {
    ++drafting;
    return {};
  });
  EngineUnderTest test(
      {.draft_pass_times = kTenthOfAPass}, {},
      [&](auto& model) {
        model.on_forward([&](const model::Batch& batch) -> base::Result<> {
          const bool reads = std::any_of(batch.tokens.begin(), batch.tokens.end(),
                                         [](const auto& token) { return !token.wants_logits; });
          readings += reads ? 1 : 0;
          both += reads && drafting > 0 ? 1 : 0;
          drafting = 0;
          return {};
        });
      },
      std::move(drafter));
  std::mt19937 random(6);
  Recorder a, b;
  ASSERT_TRUE(test.engine->submit(greedy({1, 2, 3}, 400), a.sink()));
  a.wait_tokens(20);
  ASSERT_TRUE(test.engine->submit(greedy(random_tokens(random, 600), 10), b.sink()));
  a.wait();
  b.wait();
  EXPECT_GT(readings, 5);
  EXPECT_EQ(both, 0);
  EXPECT_GT(a.finished->usage.model_accepted_tokens, 0);
}

TEST(DraftModel, ATextThatAnotherBeganWithIsNotReadAgain) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin());
  std::mt19937 random(7);
  const Tokens prompt = random_tokens(random, 640);
  test.run(greedy(prompt, 400));
  const int before = test.drafter->tokens;
  test.run(greedy(prompt, 400));
  const int second = test.drafter->tokens - before;
  EXPECT_GT(before, 640 + 300);
  EXPECT_LT(second, 600);
}

TEST(DraftModel, ALongTextIsNotReadForAFewTokens) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin());
  std::mt19937 random(8);
  test.run(greedy(random_tokens(random, 2000), 4));
  EXPECT_EQ(test.drafter->passes, 0);
}

TEST(DraftModel, ATextThatItsMemoryCannotHoldIsWrittenPlainly) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin({.pages = 2}));
  std::mt19937 random(9);
  const Tokens prompt = random_tokens(random, 200);
  EXPECT_EQ(test.run(greedy(prompt, 100))->tokens,
            greedy_reference(*test.model, *test.tokenizer, prompt, 100));
  const auto small = test.run(greedy({1, 2, 3}, 60));  // and is in nobody's way
  EXPECT_GT(small->finished->usage.model_accepted_tokens, 40);
}

TEST(DraftModel, ATextLongerThanItsContextIsWrittenPlainly) {
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, twin({.context_length = 64}));
  const auto answer = test.run(greedy({1, 2, 3}, 200));
  EXPECT_EQ(answer->tokens, greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 200));
  EXPECT_GT(answer->finished->usage.model_draft_tokens, 0);
}

TEST(DraftModel, WhereItFailsTheAnswerGoesOn) {
  auto drafter = twin();
  drafter->on_forward([passes = 0](const model::Batch&) mutable -> base::Result<> {
    if (++passes < 5) return {};
    return base::Error{base::ErrorCode::kUnavailable, "the file went away"};
  });
  EngineUnderTest test({.draft_pass_times = kTenthOfAPass}, {}, {}, std::move(drafter));
  const auto answer = test.run(greedy({1, 2, 3}, 100));
  EXPECT_EQ(answer->tokens, greedy_reference(*test.model, *test.tokenizer, {1, 2, 3}, 100));
  EXPECT_EQ(test.drafter->passes, 5);
  EXPECT_TRUE(test.engine->status().healthy);
}

// The whole way, on the arithmetic: a draft model of another size and type.
TEST(DraftModel, OfRealModelsTheTextIsThePlainOne) {
  const fakes::TempFile main_file("main.gguf"), draft_file("draft.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(main_file.path(), {.layers = 4}));
  ASSERT_TRUE(fakes::write_tiny_gguf(draft_file.path(),
                                     {.type = kernels::WeightType::kQ4_0, .layers = 1, .seed = 2}));
  const auto answer = [&](bool is_drafted) {
    const LoadOptions how{.threads = 2, .kv_memory_bytes = 4 << 20};
    auto main = load_model(main_file.path(), how);
    EXPECT_TRUE(main) << main.error().message;
    std::unique_ptr<model::LanguageModel> draft;
    if (is_drafted) draft = *load_draft_model(draft_file.path(), how, *main);
    Engine engine(std::move(main->model), main->tokenizer,
                  {.pass_times = fakes::kCheapColumns, .draft_pass_times = kTenthOfAPass},
                  std::move(draft));
    auto request = greedy(Tokens(100, 7), 80);
    request.sampling.temperature = 0.3F;
    request.sampling.seed = 3;
    Recorder recorder;
    EXPECT_TRUE(engine.submit(std::move(request), recorder.sink()));
    recorder.wait();
    EXPECT_EQ(recorder.finished->usage.model_draft_tokens > 0, is_drafted);
    return recorder.tokens;
  };
  EXPECT_EQ(answer(true), answer(false));
}

// Many at once in little memory, forked, rewound and cancelled: each writes what it writes alone.
TEST(DraftModel, ChangesNoTextOfManyThatAreForkedRewoundAndCancelled) {
  const unsigned seed = 11;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  EngineUnderTest test({.max_running = 6, .draft_pass_times = kTenthOfAPass}, {.pages = 40}, {},
                       mistaken_twin(6, {.pages = 24}));
  for (int round = 0; round < 12; ++round) {
    std::vector<std::unique_ptr<Recorder>> recorders;
    std::vector<Tokens> prompts;
    for (int i = 0; i < 8; ++i) {
      const Tokens prompt = random_tokens(random, 1 + static_cast<int>(random() % 150), 4);
      auto request = greedy(prompt, 30 + static_cast<int>(random() % 90));
      request.session = i % 3 == 0 ? "s" + std::to_string(i) : "";
      std::vector<ForkRequest> forks(random() % 3);
      for (ForkRequest& fork : forks) {
        fork.sampling = request.sampling;
        recorders.push_back(std::make_unique<Recorder>());
        prompts.push_back(prompt);
        fork.sink = recorders.back()->sink();
      }
      recorders.push_back(std::make_unique<Recorder>());
      prompts.push_back(prompt);
      const auto all =
          test.engine->submit(std::move(request), recorders.back()->sink(), std::move(forks));
      ASSERT_TRUE(all);
      if (random() % 4 == 0) all->front().rewind_to(static_cast<int>(random() % 20));
      if (random() % 4 == 0) all->front().cancel();
    }
    for (std::size_t i = 0; i < recorders.size(); ++i) {
      recorders[i]->wait();
      ASSERT_TRUE(recorders[i]->finished);
      const Tokens& said = recorders[i]->tokens;
      EXPECT_EQ(said, greedy_reference(*test.model, *test.tokenizer, prompts[i],
                                       static_cast<int>(said.size())));
    }
  }
  EXPECT_GT(test.engine->metrics().counters.model_accepted_tokens, 500U);
}

}  // namespace
}  // namespace cromwell::engine
