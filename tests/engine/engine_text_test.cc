// Text and numbers of a generation: stop strings, whole characters, log-probabilities, constraints.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/engine.h"
#include "engine/text_stream.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

Tokens bytes(const std::string& text) {
  Tokens ids;
  for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
  return ids;
}

// An engine that says `text` after "Q", byte by byte.
struct Saying : EngineUnderTest {
  explicit Saying(const std::string& text)
      : EngineUnderTest({}, {}, [&](auto& scripted) { scripted.script({'Q'}, bytes(text)); }) {}
  GenerateRequest ask(int tokens, std::vector<std::string> stop = {}) const {
    auto request = greedy({'Q'}, tokens);
    request.stop = std::move(stop);
    return request;
  }
};

TEST(EngineText, EndsBeforeAStopStringAcrossTokens) {
  Saying test("let x = 1;\n```\nmore");
  const auto recorder = test.run(test.ask(30, {"\n```", "never"}));
  EXPECT_EQ(recorder->text(), "let x = 1;");
  EXPECT_EQ(recorder->finished->reason, FinishReason::kStop);
  EXPECT_EQ(recorder->finished->stop_match, "\n```");
  EXPECT_EQ(recorder->tokens.size(), 14U);  // with the stop string's own
  EXPECT_EQ(recorder->finished->text, "");
}

TEST(EngineText, GivesBackHeldTextAtTheEnd) {
  Saying test("abc EN");
  const auto recorder = test.run(test.ask(6, {"END"}));
  EXPECT_EQ(recorder->finished->reason, FinishReason::kLength);
  EXPECT_EQ(recorder->finished->text, "EN");
  EXPECT_EQ(recorder->finished->stop_match, "");
  EXPECT_EQ(recorder->text(), "abc EN");
}

TEST(TextStream, SpellsTheSpecialTokensThatItIsToldTo) {
  const auto tokenizer = fakes::small_tokenizer();
  const auto start = *tokenizer->find("<|im_start|>"), end = *tokenizer->find("<|im_end|>");
  TextStream stream(*tokenizer, {"m_s"}, {end});
  std::string text;
  for (const TokenId token : Tokens{'a', start, end, 'b'}) EXPECT_FALSE(stream.push(token, text));
  EXPECT_FALSE(stream.finish(text));
  EXPECT_EQ(text, "a<|im_end|>b");
}

TEST(EngineText, NeverEmitsHalfACharacter) {
  const std::string text = "aé→😀ß";
  Saying test(text);
  auto recorder = test.run(test.ask(static_cast<int>(text.size())));
  EXPECT_EQ(recorder->text(), text);
  const std::vector<std::string> expected = {"a", "", "é", "", "", "→", "", "", "", "😀", "", "ß"};
  EXPECT_EQ(recorder->texts, expected);
  // Cut within a character: what is left is shown as one replacement character.
  recorder = test.run(test.ask(5));
  EXPECT_EQ(recorder->text(), "aé\uFFFD");
  EXPECT_EQ(recorder->finished->text, "\uFFFD");
}

TEST(EngineText, StopStringMayHoldTheReplacementCharacter) {
  Saying test("ab\xE2\x86");
  const auto recorder = test.run(test.ask(4, {"b\uFFFD"}));
  EXPECT_EQ(recorder->text(), "a");
  EXPECT_EQ(recorder->finished->stop_match, "b\uFFFD");
  EXPECT_EQ(recorder->finished->reason, FinishReason::kStop);
}

TEST(EngineText, RewindIntoAHeldBackStopStringKeepsTheTextRight) {
  Saying test("héEN-xé→y");
  for (int to = 0; to < 12; ++to) {
    Generation generation;
    std::promise<void> known;
    auto ready = known.get_future().share();
    bool rewound = false;
    Recorder recorder([&](const Event& event) {
      const auto* token = std::get_if<Token>(&event);
      if (token == nullptr) return;
      ready.wait();
      if (token->index == 11 && !std::exchange(rewound, true)) generation.rewind_to(to);
    });
    generation = *test.engine->submit(test.ask(13, {"END", "xé→z"}), recorder.sink());
    known.set_value();
    recorder.wait();
    EXPECT_EQ(recorder.text(), "héEN-xé→y") << to;
  }
}

TEST(EngineText, ReportsTheSeedItChoseAndRepeatsIt) {
  EngineUnderTest test;
  auto request = greedy({1, 2, 3}, 50);
  request.sampling = {.temperature = 1};
  const auto first = test.run(std::move(request));
  request = greedy({1, 2, 3}, 50);
  request.sampling = {.temperature = 1, .seed = first->started->seed};
  EXPECT_EQ(test.run(std::move(request))->tokens, first->tokens);
  request = greedy({1, 2, 3}, 50);
  request.sampling = {.temperature = 1, .seed = first->started->seed + 1};
  EXPECT_NE(test.run(std::move(request))->tokens, first->tokens);
}

// Log-probability of `token` after `prefix`, in double.
double expected_logprob(const fakes::ScriptedModel& model, const Tokens& prefix, TokenId token) {
  std::vector<float> row(static_cast<std::size_t>(model.vocab_size()));
  model.write_logits(prefix, row.data());
  double sum = 0;
  for (const float x : row) sum += std::exp(double{x});
  return double{row[static_cast<std::size_t>(token)]} - std::log(sum);
}

TEST(EngineText, LogprobsAreThoseOfTheUnmodifiedDistribution) {
  EngineUnderTest test;
  auto request = greedy({1, 2, 3}, 30);
  request.sampling = {.temperature = 0.5F, .top_k = 5, .repetition_penalty = 2, .seed = 1};
  request.top_logprobs = 3;
  const auto recorder = test.run(std::move(request));
  Tokens prefix = {1, 2, 3};
  for (const ScoredToken& scored : recorder->scored) {
    EXPECT_NEAR(scored.logprob, expected_logprob(*test.model, prefix, scored.id), 1e-5);
    ASSERT_EQ(scored.top.size(), 3U);
    EXPECT_GE(scored.top[0].logprob, scored.top[1].logprob);
    EXPECT_GE(scored.top[0].logprob, scored.logprob);
    for (const TokenLogprob& top : scored.top) {
      EXPECT_NEAR(top.logprob, expected_logprob(*test.model, prefix, top.id), 1e-5);
    }
    prefix.push_back(scored.id);
  }
}

TEST(EngineText, ScoresThePromptWhateverIsCachedAndHoweverItIsCut) {
  std::mt19937 random(21);
  const auto prompt = random_tokens(random, 150);
  for (const int chunk : {1, 7, 63, 64}) {
    EngineUnderTest test({.prefill_chunk = chunk});
    for (const int max_tokens : {0, 2}) {
      for (int round = 0; round < 2; ++round) {  // the second time its session is cached
        auto request = greedy(prompt, max_tokens);
        request.prompt_logprobs = true;
        request.top_logprobs = 2;
        request.session = "s";
        const auto recorder = test.run(std::move(request));
        EXPECT_EQ(recorder->started->cached_tokens, 0);
        ASSERT_EQ(recorder->prompt.size(), 150U);
        EXPECT_TRUE(std::isnan(recorder->prompt[0].logprob));
        for (std::size_t i = 0; i < prompt.size(); ++i) {
          const ScoredToken& scored = recorder->prompt[i];
          EXPECT_EQ(scored.id, prompt[i]);
          if (i == 0) continue;
          const Tokens prefix(prompt.begin(), prompt.begin() + static_cast<std::ptrdiff_t>(i));
          EXPECT_NEAR(scored.logprob, expected_logprob(*test.model, prefix, prompt[i]), 1e-5);
          EXPECT_EQ(scored.top.size(), 2U);
        }
        EXPECT_EQ(recorder->tokens.size(), static_cast<std::size_t>(max_tokens));
        // Scores come before the first token.
        EXPECT_LT(recorder->order.find('L'), recorder->order.find_first_of("TF"));
      }
    }
  }
}

// Allows only ids of one parity, the other one after each token; counts what is wrong.
class Alternating : public Constraint {
 public:
  explicit Alternating(int* defects) : defects_(defects) {}
  void mask(std::span<float> logits) override {
    for (std::size_t i = accepted_.size() % 2 == 0 ? 1 : 0; i < logits.size(); i += 2) {
      logits[i] = -std::numeric_limits<float>::infinity();
    }
  }
  void accept(TokenId token) override {
    if (token % 2 != static_cast<TokenId>(accepted_.size() % 2)) ++*defects_;
    accepted_.push_back(token);
  }
  void rewind_to(int tokens) override {
    if (tokens > static_cast<int>(accepted_.size())) ++*defects_;
    accepted_.resize(static_cast<std::size_t>(tokens));
  }
  std::unique_ptr<Constraint> clone() const override {
    return std::make_unique<Alternating>(*this);
  }

 private:
  int* defects_;
  Tokens accepted_;
};

TEST(EngineText, ConstraintHoldsWithDraftsRewindsAndForks) {
  EngineUnderTest test;
  int defects = 0;
  const auto make = [&] {
    auto request = greedy({1, 2}, 40);
    request.sampling = {.temperature = 1, .seed = 6};
    request.constraint = std::make_unique<Alternating>(&defects);
    return request;
  };
  const auto plain = test.run(make());
  for (std::size_t i = 0; i < plain->tokens.size(); ++i) {
    EXPECT_EQ(plain->tokens[i] % 2, static_cast<TokenId>(i % 2));
  }
  auto request = make();
  request.draft = std::make_unique<OracleDraft>(plain->tokens, 2, 30, 5);
  EXPECT_EQ(test.run(std::move(request))->tokens, plain->tokens);

  Generation generation;
  std::promise<void> known;
  auto ready = known.get_future().share();
  bool once = false;
  Recorder fork;
  Recorder parent([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    if (token->index != 30 || std::exchange(once, true)) return;
    generation.rewind_to(9);
    generation.fork({.temperature = 1, .seed = 7}, fork.sink());
  });
  generation = *test.engine->submit(make(), parent.sink());
  known.set_value();
  parent.wait();
  fork.wait();
  for (std::size_t i = 0; i < parent.tokens.size(); ++i) {
    EXPECT_EQ(parent.tokens[i] % 2, static_cast<TokenId>(i % 2));
  }
  EXPECT_EQ(fork.tokens.size(), 31U);
  for (std::size_t i = 0; i < fork.tokens.size(); ++i) {
    EXPECT_EQ(fork.tokens[i] % 2, static_cast<TokenId>((i + 9) % 2));
  }
  EXPECT_EQ(defects, 0);
}

TEST(EngineText, RewindOfAForkCountsItsConstraintFromTheFork) {
  EngineUnderTest test;
  int defects = 0;
  Generation generation, forked;
  std::promise<void> known;
  auto ready = known.get_future().share();
  bool rewound = false;
  Recorder fork([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr || token->index != 8 || std::exchange(rewound, true)) return;
    forked.rewind_to(4);
  });
  Recorder parent([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    if (token->index == 8) forked = generation.fork({.temperature = 0}, fork.sink());
  });
  auto request = greedy({1, 2}, 40);
  request.constraint = std::make_unique<Alternating>(&defects);
  generation = *test.engine->submit(std::move(request), parent.sink());
  known.set_value();
  parent.wait();
  fork.wait();
  EXPECT_EQ(defects, 0);
  EXPECT_EQ(fork.tokens, Tokens(parent.tokens.begin() + 9, parent.tokens.end()));
}

TEST(EngineText, ConstraintThatAllowsNothingFailsTheGeneration) {
  struct Nothing : Constraint {
    void mask(std::span<float> logits) override {
      for (float& x : logits) x = -std::numeric_limits<float>::infinity();
    }
    void accept(TokenId) override {}
    void rewind_to(int) override {}
  };
  EngineUnderTest test;
  auto request = greedy({1}, 4);
  request.constraint = std::make_unique<Nothing>();
  const auto recorder = test.run(std::move(request));
  ASSERT_TRUE(recorder->failed);
  EXPECT_EQ(recorder->failed->error.code, base::ErrorCode::kInvalidRequest);
  // And it cannot be forked, for it has no clone.
  StepGate gate;
  EngineUnderTest gated({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  request = greedy({1}, 4);
  request.constraint = std::make_unique<Nothing>();
  Recorder parent, fork;
  const auto generation = gated.engine->submit(std::move(request), parent.sink());
  generation->fork({}, fork.sink());
  gate.open();
  fork.wait();
  EXPECT_EQ(fork.failed->error.code, base::ErrorCode::kConflict);
  parent.wait();
}

}  // namespace
}  // namespace cromwell::engine
