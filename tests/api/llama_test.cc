// /completion, /infill and what else llama-server's clients ask.
#include <gmock/gmock.h>

#include "api/generation_reply.h"
#include "api/limits.h"
#include "api/llama_format.h"
#include "api/llama_wire.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using LlamaTest = ServiceTest;

TEST_F(LlamaTest, ContinuesAPromptInItsServersShape) {
  script(ids("ab"), "cd the");
  start();
  for (const char* path : {"/completion", "/completions"}) {
    const JsonIn body =
        post_ok(path, R"({"prompt": "ab", "temperature": 0, "seed": 7, "return_tokens": true})");
    EXPECT_EQ(body["content"], "cd the");
    EXPECT_EQ(body["stop"], true);
    EXPECT_EQ(body["stop_type"], "eos");
    EXPECT_EQ(body["model"], "scripted");
    EXPECT_EQ(body["prompt"], "ab");
    EXPECT_EQ(body["tokens_evaluated"], 2);
    EXPECT_EQ(body["tokens"].size(), ids("cd the").size() + 1);
    EXPECT_EQ(body["generation_settings"]["seed"], 7);
    EXPECT_EQ(body["timings"]["predicted_n"], body["tokens_predicted"]);
  }
}

TEST_F(LlamaTest, StreamsWithoutDone) {
  script(ids("ab"), "cd the");
  start();
  const auto events =
      stream("/completion", R"({"prompt": "ab", "temperature": 0, "stream": true})");
  ASSERT_GE(events.size(), 2U);
  std::string text;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool is_last = i + 1 == events.size();
    EXPECT_EQ(events[i].name, "");
    EXPECT_EQ(fault(events[i].data, is_last ? "LlamaAnswer" : "LlamaPiece"), "");
    EXPECT_EQ(events[i].data["stop"], is_last);
    text += events[i].data["content"].get<std::string>();
  }
  EXPECT_EQ(text, "cd the");
}

TEST_F(LlamaTest, EndsABrokenStreamWithTheErrorAlone) {
  fail_at_pass(4);
  start();
  const auto events =
      stream("/completion", R"({"prompt": "ab", "stream": true, "ignore_eos": true})");
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().data["error"]["code"], "unavailable");
  EXPECT_EQ(events.back().data["error"]["status"], 503);
}

TEST_F(LlamaTest, AStreamsLastEventHasWhatResponseFieldsNameAndIsAsDescribed) {
  script(ids("ab"), "cd");
  start();
  const auto events = stream("/completion", R"({"prompt": "ab", "temperature": 0, "stream": true,
                                                "response_fields": ["none"]})");
  EXPECT_EQ(events.back().data, JsonIn::object());
  for (const SseEvent& event : events) EXPECT_EQ(fault(event.data, "LlamaEvent"), "");
}

TEST_F(LlamaTest, NamesTheStopStringThatEndedIt) {
  script(ids("ab"), "one STOP two");
  start();
  const JsonIn body =
      post_ok("/completion", R"({"prompt": "ab", "stop": [" STOP"], "temperature": 0})");
  EXPECT_EQ(body["content"], "one");
  EXPECT_EQ(body["stop_type"], "word");
  EXPECT_EQ(body["stopping_word"], " STOP");
}

TEST_F(LlamaTest, GivesSeveralAnswersAsAList) {
  script(ids("ab"), "cd");
  start();
  const JsonIn body = post_ok("/completion", R"({"prompt": "ab", "temperature": 0, "n_cmpl": 2})");
  ASSERT_EQ(body.size(), 2U);
  EXPECT_EQ(body[1]["content"], "cd");
  EXPECT_EQ(body[1]["index"], 1);
}

TEST_F(LlamaTest, AnAnswerThatWasCutEndsWithTheOthers) {
  const auto responder = std::make_shared<FakeResponder>();
  const auto call_switch = std::make_shared<base::CallSwitch>();
  int cancelled = 0;
  call_switch->watch([&] { ++cancelled; });
  GenerationReply reply(responder, call_switch, make_llama_format(tokenizer_, {}), 2,
                        {.lines = {.min_indent = 1}});
  for (std::size_t choice : {0U, 1U}) reply.on_event(choice, engine::Started{});
  reply.on_event(0, engine::Token{.text = "a\nb"});
  EXPECT_EQ(cancelled, 0) << "the other is not at its end";
  reply.on_event(1, engine::Finished{.reason = engine::FinishReason::kStop, .text = "c"});
  EXPECT_EQ(cancelled, 1);
  reply.on_event(0, engine::Finished{.reason = engine::FinishReason::kCancelled});
  const JsonIn body = parse_or_null(responder->wait().body);
  ASSERT_EQ(body.size(), 2U);
  EXPECT_EQ(body[0]["content"], "a");
  EXPECT_EQ(body[1]["content"], "c");
}

TEST_F(LlamaTest, ShowsTheLikeliestTokens) {
  script(ids("ab"), "c");
  start();
  const JsonIn body = post_ok("/completion", R"({"prompt": "ab", "temperature": 0, "n_probs": 2})");
  const JsonIn& first = body["completion_probabilities"][0];
  EXPECT_EQ(first["token"], "c");
  EXPECT_EQ(first["id"], ids("c")[0]);
  EXPECT_EQ(first["top_logprobs"].size(), 2U);
}

TEST_F(LlamaTest, ReportsHowFarALongPromptIs) {
  start({.prefill_chunk = 8});
  const auto events = stream(
      "/completion", R"({"prompt": "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", "n_predict": 2,
                         "stream": true, "return_progress": true, "ignore_eos": true})");
  ASSERT_FALSE(events.empty());
  const JsonIn& progress = events[0].data["prompt_progress"];
  EXPECT_EQ(progress["total"], 42);
  EXPECT_EQ(progress["cache"], 0);
  EXPECT_GT(progress["processed"], 0);
}

// As llama.vim asks, with its sampling made repeatable.
TEST_F(LlamaTest, FillsInBetweenPrefixAndSuffix) {
  script(ids("def f():\n    return "), "1\n    x = 2\nnot_indented");
  start();
  const JsonIn body = post_ok("/infill", R"({
      "id_slot": 99999999999, "input_prefix": "def f():\n", "prompt": "    return ",
      "input_suffix": "\n", "input_extra": [], "n_predict": 32, "stop": [], "n_indent": 4,
      "top_k": 1, "top_p": 0.9, "samplers": ["top_k", "top_p", "infill"], "stream": false,
      "cache_prompt": true, "t_max_prompt_ms": 500, "t_max_predict_ms": 60000,
      "response_fields": ["content", "timings/prompt_n", "timings/predicted_n", "truncated",
                          "tokens_cached", "timings/none", "none/timings"], "model": ""})");
  EXPECT_EQ(body["content"], "1\n    x = 2");
  EXPECT_EQ(body["truncated"], false);
  EXPECT_GT(body["timings/predicted_n"], 0);
  EXPECT_GT(body["timings/prompt_n"], 0);
  EXPECT_TRUE(body.contains("tokens_cached"));
  EXPECT_EQ(body.size(), 5U);
}

TEST_F(LlamaTest, WarmsUpWhereNoTokensAreWanted) {
  start();
  const std::string prompt = R"("input_prefix": "a long text before the place", "input_suffix": "",
      "input_extra": [{"filename": "a.py", "text": "x = 1"}], "cache_prompt": true, "samplers": [])";
  const JsonIn warmed = post_ok("/infill", "{" + prompt + R"(, "prompt": "", "n_predict": 0,
      "temperature": 0.0, "t_max_prompt_ms": 1, "t_max_predict_ms": 1, "response_fields": [""]})");
  EXPECT_EQ(warmed.dump(), "{}");
  const JsonIn body = post_ok("/infill", "{" + prompt + R"(, "prompt": "", "n_predict": 1})");
  EXPECT_GT(body["timings"]["cache_n"], 20);
}

TEST_F(LlamaTest, TakesAnotherFilesTextBeforeTheFile) {
  start();
  const JsonIn body = post_ok("/infill", R"({"input_prefix": "ab", "input_suffix": "",
      "input_extra": [{"filename": "x.py", "text": "x = 1"}, {"text": "y"}], "n_predict": 1})");
  EXPECT_EQ(body["prompt"], "--- x.py\nx = 1\n--- untitled\ny\n--- untitled\nab");
  EXPECT_EQ(body["truncated"], false);
}

TEST_F(LlamaTest, SaysWhenTheContextDoesNotHoldAllOfAFile) {
  start();
  const JsonIn body =
      post_ok("/infill", R"({"input_suffix": "", "n_predict": 1, "input_prefix": ")" +
                             std::string(2 * kContext, 'a') + "\"}");
  EXPECT_EQ(body["truncated"], true);
}

TEST_F(LlamaTest, NamesTheFieldThatIsWrong) {
  start();
  const std::pair<const char*, const char*> cases[] = {
      {R"("n_predict": "1")", "n_predict"},
      {R"("input_extra": [{"filename": "a"}])", "input_extra[0].text"},
      {R"("input_extra": {})", "input_extra"},
      {R"("input_prefix": 1)", "input_prefix"},
      {R"("samplers": [1])", "samplers[0]"},
      {R"("n_indent": -1)", "n_indent"},
      {R"("stop": [""])", "stop[0]"},
      {R"("logit_bias": [[1]])", "logit_bias[0]"},
      {R"("logit_bias": [["x", 1]])", "logit_bias[0][0]"},
      {R"("grammar": "root ::= x")", "grammar"},
      {R"("json_schema": {"type": 1})", "json_schema.type"},
      {R"("seed": -2)", "seed"}};
  for (const auto& [field, param] : cases) {
    const JsonIn error =
        expect_error(post("/infill", std::string("{") + field + "}"), 400, "invalid_request");
    EXPECT_EQ(error["param"], param);
  }
}

TEST_F(LlamaTest, TakesNoListBeyondItsLimit) {
  start();
  const std::pair<const char*, std::size_t> lists[] = {{"response_fields", kMaxResponseFields},
                                                       {"samplers", kMaxSamplers},
                                                       {"input_extra", kMaxInputExtra}};
  for (const auto& [name, limit] : lists) {
    JsonIn body{{"n_predict", 1}};
    const JsonIn one = std::string(name) == "input_extra" ? JsonIn{{"text", ""}} : JsonIn("x");
    body[name] = std::vector<JsonIn>(limit, one);
    EXPECT_EQ(post("/infill", body.dump()).status, 200) << name;
    body[name].push_back(one);
    EXPECT_EQ(expect_error(post("/infill", body.dump()), 400, "invalid_request")["param"], name);
  }
}

TEST(LlamaWire, ReadsBiasesAsPairs) {
  const auto biases =
      read_llama_bias(parse_json("[[1, 2.5], [2, false], [1, 3]]").value(), "logit_bias");
  ASSERT_TRUE(biases);
  ASSERT_EQ(biases->size(), 2U);
  EXPECT_EQ((*biases)[0].token, 2);
  EXPECT_EQ((*biases)[0].bias, -100);
  EXPECT_EQ((*biases)[1].bias, 3);  // the last counts
}

TEST(LlamaWire, UsesOnlyTheCutsThatSamplersNames) {
  LlamaOptions options;
  EXPECT_EQ(sampling_of(options).top_k, 40);
  EXPECT_FALSE(sampling_of(options).seed);
  options.samplers = {"top_k", "infill"};
  options.seed = 5;
  const engine::SamplingOptions sampling = sampling_of(options);
  EXPECT_EQ(sampling.top_k, 40);
  EXPECT_EQ(sampling.top_p, 1);
  EXPECT_EQ(sampling.temperature, 1);
  EXPECT_FLOAT_EQ(sampling.min_p, 0.2F);
  EXPECT_EQ(sampling.seed, 5U);
}

TEST(LlamaFormat, PicksFieldsByTheirPathAndName) {
  const JsonOut answer = JsonOut::parse(R"({"a": {"b": {"c": 1}, "d": 2}, "e": 3})");
  EXPECT_EQ(pick_fields(answer, {"a/b/c", "e", "a/x", "e/f", ""}).dump(), R"({"a/b/c":1,"e":3})");
  EXPECT_EQ(pick_fields(answer, {}).dump(), answer.dump());
}

TEST_F(LlamaTest, AnswersWhatItsClientsAskOfTheServer) {
  start();
  const JsonIn props = get_ok("/props");
  EXPECT_EQ(props["default_generation_settings"]["n_ctx"], kContext);
  EXPECT_EQ(props["total_slots"], 16);
  EXPECT_EQ(props["eos_token"], "<|im_end|>");
  const JsonIn slots = get_ok("/slots");
  ASSERT_EQ(slots.size(), 16U);
  EXPECT_EQ(slots[0]["is_processing"], false);
  const JsonIn prompt =
      post_ok("/apply-template", R"({"messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(prompt["prompt"], "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

TEST_F(LlamaTest, TokenizesWithPieces) {
  start();
  const JsonIn body = post_ok("/tokenize", R"({"content": "a\u00e9", "with_pieces": true})");
  EXPECT_EQ(body["tokens"][0]["piece"], "a");
  EXPECT_EQ(body["tokens"][1]["piece"].dump(), "[195]");
  EXPECT_EQ(body["tokens"].size(), 3U);
}

}  // namespace
}  // namespace cromwell::api
