// The engine's contract with one client: events, limits, ends.
#include "engine/engine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <future>
#include <latch>

#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

TEST(Engine, GeneratesWhatPlainGreedyDecodingGives) {
  EngineUnderTest test;
  std::mt19937 random(1);
  for (const int length : {1, 2, 63, 64, 65, 127, 128, 129, 300}) {
    const auto prompt = random_tokens(random, length);
    const auto recorder = test.run(greedy(prompt, 80));
    ASSERT_TRUE(recorder->finished);
    EXPECT_EQ(recorder->finished->reason, FinishReason::kLength);
    EXPECT_EQ(recorder->tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 80));
    EXPECT_EQ(recorder->finished->usage.prompt_tokens, length);
    EXPECT_EQ(recorder->finished->usage.completion_tokens, 80);
    EXPECT_EQ(recorder->started->prompt_tokens, length);
  }
}

TEST(Engine, SendsEventsInOrderWithProgressAfterEachChunk) {
  EngineUnderTest test({.prefill_chunk = 64});
  std::mt19937 random(2);
  EXPECT_EQ(test.run(greedy(random_tokens(random, 64), 2))->order, "STTF");
  const auto recorder = test.run(greedy(random_tokens(random, 150), 2));
  EXPECT_EQ(recorder->order, "SPPPTTF");
  EXPECT_EQ(recorder->progress[0].processed, 64);
  EXPECT_EQ(recorder->progress[1].processed, 128);
  EXPECT_EQ(recorder->progress[2].processed, 150);
  EXPECT_EQ(recorder->progress[2].total, 150);
}

TEST(Engine, EndsAtTheEndOfGenerationTokenUnlessToldToGoOn) {
  const auto prepare = [](fakes::ScriptedModel& model) {
    const auto tokenizer = fakes::small_tokenizer();
    model.script(tokenizer->encode("go").ids, {'a', 'b', *tokenizer->find("<|im_end|>"), 'c', 'd'});
  };
  EngineUnderTest test({}, {}, prepare);
  auto request = greedy(test.ids("go"), 5);
  request.ignore_eos = false;
  auto recorder = test.run(std::move(request));
  EXPECT_EQ(recorder->finished->reason, FinishReason::kStop);
  EXPECT_EQ(recorder->text(), "ab");
  EXPECT_EQ(recorder->finished->usage.completion_tokens, 3);
  EXPECT_EQ(recorder->finished->stop_match, "");
  recorder = test.run(greedy(test.ids("go"), 5));
  EXPECT_EQ(recorder->finished->reason, FinishReason::kLength);
  EXPECT_EQ(recorder->text(), "abcd");  // control tokens have no text
}

TEST(Engine, OnlyReadsThePromptWhenNoTokenIsAskedFor) {
  EngineUnderTest test;
  const auto recorder = test.run(greedy(test.ids("the"), 0));
  EXPECT_EQ(recorder->order, "SF");
  EXPECT_EQ(recorder->finished->reason, FinishReason::kLength);
}

TEST(Engine, ReusesTheCommonPrefixOfASession) {
  EngineUnderTest test;
  std::mt19937 random(3);
  const auto prompt = random_tokens(random, 200);
  auto request = greedy(prompt, 10);
  request.session = "s";
  const auto first = test.run(std::move(request));
  EXPECT_EQ(first->started->cached_tokens, 0);
  ASSERT_EQ(test.engine->sessions().size(), 1U);
  EXPECT_EQ(test.engine->sessions()[0].cached_tokens, 209);  // the last token is not computed
  EXPECT_FALSE(test.engine->sessions()[0].running);

  auto longer = prompt;
  longer.insert(longer.end(), first->tokens.begin(), first->tokens.begin() + 5);
  longer.push_back(7);
  request = greedy(longer, 10);
  request.session = "s";
  const auto second = test.run(std::move(request));
  EXPECT_EQ(second->started->cached_tokens, 205);
  EXPECT_EQ(second->finished->usage.cached_tokens, 205);
  EXPECT_EQ(second->tokens, greedy_reference(*test.model, *test.tokenizer, longer, 10));

  // The same again: all but the last token, whose logits are needed.
  request = greedy(longer, 10);
  request.session = "s";
  const auto third = test.run(std::move(request));
  EXPECT_EQ(third->started->cached_tokens, 205);
  EXPECT_EQ(third->tokens, second->tokens);
}

TEST(Engine, RefusesBadRequestsAndNamesTheField) {
  EngineUnderTest test({}, {.context_length = 128});
  Recorder recorder;
  const auto refused = [&](GenerateRequest request, base::ErrorCode code, const char* param) {
    const auto result = test.engine->submit(std::move(request), recorder.sink());
    ASSERT_FALSE(result.has_value()) << param;
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_EQ(result.error().param, param);
  };
  const auto changed = [](auto change) {
    auto request = greedy({1, 2}, 4);
    change(request);
    return request;
  };
  using enum base::ErrorCode;
  refused(greedy({}, 4), kInvalidRequest, "prompt");
  refused(greedy({1, 100000}, 4), kInvalidRequest, "prompt");
  refused(greedy({-1}, 4), kInvalidRequest, "prompt");
  refused(greedy({1}, -1), kInvalidRequest, "max_tokens");
  refused(changed([](auto& r) { r.sampling.temperature = -1; }), kInvalidRequest, "temperature");
  refused(changed([](auto& r) { r.sampling.temperature = NAN; }), kInvalidRequest, "temperature");
  refused(changed([](auto& r) { r.sampling.top_p = 1.5F; }), kInvalidRequest, "top_p");
  refused(changed([](auto& r) { r.sampling.min_p = -1; }), kInvalidRequest, "min_p");
  refused(changed([](auto& r) { r.sampling.top_k = -1; }), kInvalidRequest, "top_k");
  refused(changed([](auto& r) { r.sampling.repetition_penalty = 0; }), kInvalidRequest,
          "repetition_penalty");
  refused(changed([](auto& r) { r.stop = {""}; }), kInvalidRequest, "stop");
  refused(changed([](auto& r) { r.stop.assign(kMaxStopStrings + 1, "a"); }), kInvalidRequest,
          "stop");
  refused(changed([](auto& r) { r.stop = {std::string(kMaxStopBytes + 1, 'a')}; }), kInvalidRequest,
          "stop");
  refused(changed([](auto& r) { r.top_logprobs = kMaxTopLogprobs + 1; }), kInvalidRequest,
          "top_logprobs");
  refused(greedy(Tokens(128, 1), 1), kContextExceeded, "prompt");
  EXPECT_EQ(recorder.order, "");
  // What just fits is taken, and max_tokens is cut to the context.
  EXPECT_EQ(test.run(greedy(Tokens(128, 1), 0))->order.back(), 'F');
  EXPECT_EQ(test.run(greedy(Tokens(120, 1), 1000))->tokens.size(), 8U);
}

}  // namespace
}  // namespace cromwell::engine
