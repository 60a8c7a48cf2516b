// Drafts in the engine: what they save, what is reported, and that the text is drawn from the plain
// distribution.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/engine.h"
#include "engine/prompt_lookup.h"
#include "engine/region_cursor.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

TEST(EngineSpeculation, AKnownTextWithFourChangesNeedsFewPasses) {
  std::mt19937 random(21);
  EngineUnderTest test;
  const Tokens prompt = random_tokens(random, 20);
  const auto plain = test.run(greedy(prompt, 400));
  Tokens known = plain->tokens;
  for (const std::size_t at : {50U, 130U, 220U, 310U}) known[at] = (known[at] + 1) % 256;
  const int before = test.model->passes;
  auto request = greedy(prompt, 400);
  request.draft = std::make_unique<RegionCursor>(known, 20);
  const auto drafted = test.run(std::move(request));
  EXPECT_EQ(drafted->tokens, plain->tokens);
  EXPECT_EQ(drafted->text(), plain->text());
  EXPECT_LT(test.model->passes - before, 40);
}

TEST(EngineSpeculation, ASequenceThatRepeatsItsPromptNeedsFewPasses) {
  std::mt19937 random(22);
  const Tokens once = random_tokens(random, 200);
  EngineUnderTest test({}, {}, [&](auto& model) { model.script({250, 251}, once); });
  Tokens prompt = once;
  prompt.push_back(250);
  prompt.push_back(251);
  auto request = greedy(prompt, 200);
  request.draft = std::make_unique<PromptLookup>();
  const auto drafted = test.run(std::move(request));
  EXPECT_EQ(drafted->tokens, once);
  EXPECT_LT(test.model->passes, 40);
}

TEST(EngineSpeculation, NothingIsGuessedWhereItWouldCostTime) {
  std::mt19937 random(23);
  EngineUnderTest test({.pass_times = PassTimes{1, 2, 4, 8, 16, 32, 64, 128}});
  const auto plain = test.run(greedy({1, 2, 3}, 50));
  auto request = greedy({1, 2, 3}, 50);
  request.draft = std::make_unique<RegionCursor>(plain->tokens, 3);
  const auto drafted = test.run(std::move(request));
  EXPECT_EQ(drafted->tokens, plain->tokens);
  EXPECT_EQ(drafted->finished->usage.draft_tokens, 0);
}

TEST(EngineSpeculation, AGuessOfTheEndIsARightOne) {
  const TokenId end = *fakes::small_tokenizer()->find("<|im_end|>");
  EngineUnderTest test(
      {}, {}, [&](auto& model) { model.script({1, 2, 3}, {10, 11, 12, 13, 14, 15, 16, end}); });
  const auto make = [] {
    auto request = greedy({1, 2, 3}, 50);
    request.ignore_eos = false;
    return request;
  };
  const auto plain = test.run(make());
  ASSERT_EQ(plain->finished->reason, FinishReason::kStop);
  auto request = make();
  request.draft = std::make_unique<OracleDraft>(plain->tokens, 3, 0, 1);
  const auto drafted = test.run(std::move(request));
  EXPECT_EQ(drafted->tokens, plain->tokens);
  EXPECT_GT(drafted->finished->usage.draft_tokens, 0);
  EXPECT_EQ(drafted->finished->usage.accepted_tokens, drafted->finished->usage.draft_tokens);
}

// Who rewinds at a token does so whether or not what follows was guessed: not even an end in the
// same pass comes before that.
TEST(EngineSpeculation, ARewindComesBeforeWhatTheSamePassHasGuessed) {
  const TokenId end = *fakes::small_tokenizer()->find("<|im_end|>");
  const Tokens answer = {10, 11, 12, 13, 14, 15, 16, end};
  EngineUnderTest test({}, {}, [&](auto& model) { model.script({1, 2, 3}, answer); });
  for (const int to : {2, 100}) {  // 100: nothing to forget, it goes on
    for (const bool is_drafted : {false, true}) {
      std::vector<Generation> generations;
      bool rewound = false;
      int tokens_seen = 0;
      Recorder recorder([&](const Event& event) {
        const auto* token = std::get_if<Token>(&event);
        if (token == nullptr) return;
        ++tokens_seen;
        if (token->index == 5 && !std::exchange(rewound, true)) generations.front().rewind_to(to);
      });
      auto request = greedy({1, 2, 3}, 50);
      request.ignore_eos = false;
      if (is_drafted) request.draft = std::make_unique<OracleDraft>(answer, 3, 0, 1);
      ASSERT_TRUE(test.engine->submit(std::move(request), recorder.sink(), {},
                                      [&](const auto& all) { generations = all; }));
      recorder.wait();
      EXPECT_EQ(recorder.tokens, answer);
      EXPECT_EQ(tokens_seen, to == 2 ? 6 + 8 - 2 : 8) << (is_drafted ? "drafted" : "plain");
    }
  }
}

TEST(EngineSpeculation, TimesOfPlainDecodingAreItsOwn) {
  EngineUnderTest test;
  const auto plain = test.run(greedy({1, 2, 3}, 50));
  const Timings& timings = plain->finished->timings;
  EXPECT_GT(timings.decode_ms, 0);
  EXPECT_DOUBLE_EQ(timings.plain_ms, timings.decode_ms);
}

// Two tokens drawn after the prompt, over many seeds: the pairs' frequencies with a draft that is
// right about half of the time against the model's own probabilities.
TEST(EngineSpeculation, DrawsFromThePlainDistribution) {
  constexpr int kVocab = 5, kRuns = 8000;
  fakes::ScriptedModelOptions model{.vocab_size = kVocab, .spread = 2.0F};
  EngineUnderTest test({}, model);
  const auto softmax = [&](const Tokens& prefix) {
    std::vector<float> row(kVocab);
    test.model->write_logits(prefix, row.data());
    std::vector<double> weights;
    double sum = 0;
    for (const float x : row) sum += weights.emplace_back(std::exp(double{x}));
    for (double& weight : weights) weight /= sum;
    return weights;
  };
  std::map<std::pair<TokenId, TokenId>, int> counts;
  int accepted = 0;
  for (int run = 0; run < kRuns; ++run) {
    auto request = greedy({1, 2}, 3);
    request.sampling = {.temperature = 1, .seed = static_cast<std::uint64_t>(run)};
    const Tokens known{static_cast<TokenId>(run % 2), 2, 3};
    request.draft = std::make_unique<RegionCursor>(known, 2);
    const auto drafted = test.run(std::move(request));
    ++counts[{drafted->tokens[0], drafted->tokens[1]}];
    accepted += drafted->finished->usage.accepted_tokens;
  }
  EXPECT_GT(accepted, kRuns / 20);
  double chi_square = 0;
  const auto first = softmax({1, 2});
  for (TokenId a = 0; a < kVocab; ++a) {
    const auto second = softmax({1, 2, a});
    for (TokenId b = 0; b < kVocab; ++b) {
      const double mean =
          kRuns * first[static_cast<std::size_t>(a)] * second[static_cast<std::size_t>(b)];
      const double off = counts[{a, b}] - mean;
      chi_square += off * off / mean;
    }
  }
  // 24 degrees of freedom, standard deviation 7: the seeds are fixed.
  EXPECT_LT(chi_square, 24 + 5 * 7);
}

}  // namespace
}  // namespace cromwell::engine
