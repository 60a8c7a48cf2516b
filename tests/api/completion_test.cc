#include <atomic>
#include <cmath>
#include <cstdio>
#include <future>

#include "api/limits.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using CompletionTest = ServiceTest;

// The log-probability of `token` after `prefix`, computed from the script itself.
double logprob_after(const fakes::ScriptedModel& model, const Ids& prefix, engine::TokenId token) {
  std::vector<float> row(static_cast<std::size_t>(model.vocab_size()));
  model.write_logits(prefix, row.data());
  double max = row[0];
  for (const float logit : row) max = std::max(max, static_cast<double>(logit));
  double sum = 0;
  for (const float logit : row) sum += std::exp(logit - max);
  return row[static_cast<std::size_t>(token)] - max - std::log(sum);
}

TEST_F(CompletionTest, ContinuesAPromptToItsEnd) {
  script(ids("ab"), "cd the");
  start();
  const JsonIn body =
      post_ok("/v1/completions", R"({"prompt": "ab", "temperature": 0, "seed": 7, "model": "x"})");
  EXPECT_EQ(body["object"], "text_completion");
  EXPECT_EQ(body["model"], "scripted");
  EXPECT_EQ(body["seed"], 7);
  EXPECT_TRUE(body["id"].get<std::string>().starts_with("cmpl-"));
  const JsonIn& choice = body["choices"][0];
  EXPECT_EQ(choice["text"], "cd the");
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_TRUE(choice["logprobs"].is_null());
  EXPECT_FALSE(choice.contains("token_ids"));
  EXPECT_EQ(body["usage"]["prompt_tokens"], 2);
  EXPECT_EQ(body["usage"]["completion_tokens"], ids("cd the").size() + 1);
}

TEST_F(CompletionTest, IsComputedWithTheAdapterThatItNames) {
  model_ = model_with_adapters(2);
  adapters_ = {{.name = "style", .task = ""}, {.name = "names", .task = ""}};
  start();
  const auto answer = [&](const std::string& lora) {
    const JsonIn body = post_ok("/v1/completions", R"({"prompt": "ab", "temperature": 0,
        "max_tokens": 8, "ignore_eos": true, "session": "s")" +
                                                       lora + "}");
    EXPECT_EQ(body["usage"]["completion_tokens"], 8);
    return body["choices"][0]["text"].get<std::string>();
  };
  const std::string first = answer(R"(, "lora": "style")");
  const std::string second = answer(R"(, "lora": "names")");
  const std::string none = answer(R"(, "lora": "none")");
  EXPECT_NE(first, second);
  EXPECT_NE(first, none);
  EXPECT_EQ(answer(""), first);
  EXPECT_EQ(answer(R"(, "lora": null)"), first);
  const std::pair<const char*, std::string> prompts[] = {
      {"/v1/completions", R"("prompt": "ab")"},
      {"/v1/chat/completions", R"("messages": [{"role": "user", "content": "ab"}])"}};
  for (const auto& [path, prompt] : prompts) {
    const JsonIn error =
        expect_error(post(path, "{" + prompt + R"(, "lora": "nobody"})"), 400, "invalid_request");
    EXPECT_EQ(error["param"], "lora");
    EXPECT_EQ(error["message"],
              "lora: no adapter is called \"nobody\", expected one of none, style, names");
  }
}

TEST_F(CompletionTest, TakesThePromptInEachOfItsForms) {
  script(ids("ab"), "cd");
  start();
  const std::string list = JsonIn(ids("ab")).dump();
  const std::vector<std::string> forms = {"\"ab\"", list, "[\"ab\"]", "[" + list + "]"};
  for (const std::string& prompt : forms) {
    const JsonIn body =
        post_ok("/v1/completions", R"({"temperature": 0, "prompt": )" + prompt + "}");
    EXPECT_EQ(body["choices"][0]["text"], "cd") << prompt;
  }
}

TEST_F(CompletionTest, RefusesAPromptInAnyOtherForm) {
  start();
  for (const char* prompt :
       {"5", "{}", "true", "[]", "[[]]", "[\"a\", \"b\"]", "[[1], [2]]", "[1, \"a\"]", "[1.5]",
        "[-1]", "[null]", "[[1, null]]", "[[[1]]]", "\"\"", "[99999]", "[2147483648]"}) {
    const HttpResponse response =
        post("/v1/completions", std::string(R"({"prompt": )") + prompt + "}");
    expect_error(response, 400, "invalid_request");
  }
  expect_error(post("/v1/completions", "{}"), 400, "invalid_request");
  expect_error(post("/v1/completions", R"({"prompt": null})"), 400, "invalid_request");
}

TEST_F(CompletionTest, ScoresAPromptWithEchoAndNoTokens) {
  const Ids prompt = ids("in the end");
  fakes::ScriptedModel& model = *model_;
  start();
  const JsonIn body =
      post_ok("/v1/completions",
              R"({"prompt": "in the end", "max_tokens": 0, "echo": true, "logprobs": 2})");
  const JsonIn& choice = body["choices"][0];
  EXPECT_EQ(choice["text"], "in the end");
  EXPECT_EQ(choice["finish_reason"], "length");
  const JsonIn& logprobs = choice["logprobs"];
  ASSERT_EQ(logprobs["tokens"].size(), prompt.size());
  std::string text;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    EXPECT_EQ(logprobs["text_offset"][i], text.size());
    text += logprobs["tokens"][i].get<std::string>();
    if (i == 0) continue;
    const double expected = logprob_after(
        model, {prompt.begin(), prompt.begin() + static_cast<std::ptrdiff_t>(i)}, prompt[i]);
    EXPECT_NEAR(logprobs["token_logprobs"][i].get<double>(), expected, 1e-4);
    const JsonIn& best = logprobs["top_logprobs"][i];
    EXPECT_GE(best.size(), 2U);
    EXPECT_LE(best.size(), 3U);  // the two best, and the token itself
    EXPECT_EQ(best[logprobs["tokens"][i].get<std::string>()], logprobs["token_logprobs"][i]);
  }
  EXPECT_EQ(text, "in the end");
  EXPECT_TRUE(logprobs["token_logprobs"][0].is_null());
  EXPECT_TRUE(logprobs["top_logprobs"][0].is_null());
  EXPECT_EQ(body["usage"]["completion_tokens"], 0);
}

TEST_F(CompletionTest, ScoresPromptAndAnswerInOneList) {
  script(ids("ab"), "cd");
  start();
  const JsonIn body = post_ok("/v1/completions",
                              R"({"prompt": "ab", "echo": true, "logprobs": 0, "temperature": 0})");
  const JsonIn& choice = body["choices"][0];
  EXPECT_EQ(choice["text"], "abcd");
  const JsonIn& logprobs = choice["logprobs"];
  EXPECT_EQ(logprobs["tokens"].dump(), R"(["a","b","c","d","<|im_end|>"])");
  EXPECT_EQ(logprobs["text_offset"].dump(), "[0,1,2,3,4]");
  EXPECT_EQ(logprobs["top_logprobs"][2].size(), 1U);
}

// SentencePiece with the 256 bytes, "▁", "a" and "▁a".
tokenizer::Vocabulary vocabulary_with_dummy_prefix() {
  tokenizer::Vocabulary vocabulary;
  vocabulary.model = "llama";
  vocabulary.tokens = {"<unk>", "<s>", "</s>", "▁", "a", "▁a"};
  vocabulary.kinds.assign(6, tokenizer::TokenKind::kNormal);
  vocabulary.kinds[0] = tokenizer::TokenKind::kUnknown;
  vocabulary.kinds[1] = vocabulary.kinds[2] = tokenizer::TokenKind::kControl;
  for (int byte = 0; byte < 256; ++byte) {
    char spelling[8];
    std::snprintf(spelling, sizeof spelling, "<0x%02X>", byte);
    vocabulary.tokens.emplace_back(spelling);
    vocabulary.kinds.push_back(tokenizer::TokenKind::kByte);
  }
  for (const char* control : {"<|im_start|>", "<|im_end|>"}) {
    vocabulary.tokens.emplace_back(control);
    vocabulary.kinds.push_back(tokenizer::TokenKind::kControl);
  }
  vocabulary.scores.assign(vocabulary.tokens.size(), 0);
  vocabulary.bos = 1;
  vocabulary.eos = 2;
  vocabulary.add_bos = true;
  vocabulary.add_dummy_prefix = true;
  return vocabulary;
}

TEST_F(CompletionTest, CountsNoDummyPrefixThatTheEchoedTextDoesNotShow) {
  tokenizer_ = *tokenizer::Tokenizer::create(vocabulary_with_dummy_prefix());
  model_ = model_with_adapters(0);
  start();
  // <s> ▁a ▁a </s> ▁a, and the same as ids
  for (const char* prompt : {"\"a a</s>a\"", "[5, 5, 2, 5]"}) {
    const JsonIn body =
        post_ok("/v1/completions", std::string(R"({"max_tokens": 0, "echo": true, "logprobs": 0,
                                "prompt": )") +
                                       prompt + "}");
    const JsonIn& choice = body["choices"][0];
    EXPECT_EQ(choice["text"], "a a</s>a");
    EXPECT_EQ(choice["logprobs"]["text_offset"].dump(),
              prompt[0] == '"' ? "[0,0,1,3,7]" : "[0,1,3,7]");
  }
}

TEST_F(CompletionTest, SpellsTokensThatAreNoWholeCharacters) {
  script(ids("ab"), "\u00e9!");
  start();
  const JsonIn body =
      post_ok("/v1/completions", R"({"prompt": "ab", "logprobs": 1, "temperature": 0})");
  const JsonIn& choice = body["choices"][0];
  EXPECT_EQ(choice["text"], "\u00e9!");
  EXPECT_EQ(choice["logprobs"]["tokens"].dump(),
            R"(["bytes:\\xc3","bytes:\\xa9","!","<|im_end|>"])");
  EXPECT_EQ(choice["logprobs"]["text_offset"].dump(), "[0,1,1,2]");  // characters, not bytes
}

TEST_F(CompletionTest, ReturnsTokenIdsAsVllmDoes) {
  script(ids("ab"), "cd");
  start();
  const JsonIn body =
      post_ok("/v1/completions", R"({"prompt": "ab", "return_token_ids": true, "temperature": 0})");
  Ids said = ids("cd");
  said.push_back(end_of_text());
  EXPECT_EQ(body["prompt_token_ids"], ids("ab"));
  EXPECT_EQ(body["choices"][0]["prompt_token_ids"], ids("ab"));
  EXPECT_EQ(body["choices"][0]["token_ids"], said);
}

TEST_F(CompletionTest, StopsBeforeAStopStringAndNamesIt) {
  script(ids("ab"), "one STOP two");
  start();
  const JsonIn body =
      post_ok("/v1/completions", R"({"prompt": "ab", "stop": ["zzz", " STOP"], "temperature": 0})");
  EXPECT_EQ(body["choices"][0]["text"], "one");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(body["choices"][0]["stop_reason"], " STOP");
}

TEST_F(CompletionTest, GoesOnPastTheEndWhenAsked) {
  script(ids("ab"), "c");
  start();
  const JsonIn body =
      post_ok("/v1/completions",
              R"({"prompt": "ab", "ignore_eos": true, "max_tokens": 5, "temperature": 0})");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(body["usage"]["completion_tokens"], 5);
}

TEST_F(CompletionTest, StreamsPiecesThatJoinToTheWholeAnswer) {
  script(ids("ab"), "cd the \u00e9nd");
  start();
  const auto events = stream("/v1/completions",
                             R"({"prompt": "ab", "stream": true, "temperature": 0, "echo": true,
                                 "stream_options": {"include_usage": true}})");
  ASSERT_GE(events.size(), 4U);
  EXPECT_EQ(events.back().name, "DONE");
  const JsonIn& usage = events[events.size() - 2].data;
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(usage["usage"]["prompt_tokens"], 2);
  std::string text;
  for (std::size_t i = 0; i + 2 < events.size(); ++i) {
    EXPECT_EQ(fault(events[i].data, "CompletionPiece"), "") << events[i].data;
    EXPECT_EQ(events[i].data["id"], usage["id"]);
    EXPECT_TRUE(events[i].data["usage"].is_null());
    const JsonIn& choice = events[i].data["choices"][0];
    text += choice["text"].get<std::string>();
    EXPECT_EQ(choice["finish_reason"].is_null(), i + 3 < events.size());
  }
  EXPECT_EQ(text, "abcd the \u00e9nd");
  EXPECT_EQ(events[events.size() - 3].data["choices"][0]["finish_reason"], "stop");
}

TEST_F(CompletionTest, StreamsTheSameScoresAndIdsAsTheWholeAnswer) {
  script(ids("ab"), "cd the \u00e9nd");
  start();
  const std::string request = R"("prompt": "ab", "temperature": 0, "echo": true, "logprobs": 3,
                                 "return_token_ids": true)";
  const JsonIn whole = post_ok("/v1/completions", "{" + request + "}")["choices"][0];
  const auto events = stream("/v1/completions", "{" + request + R"(, "stream": true})");
  JsonIn joined;
  for (const SseEvent& event : events) {
    if (event.name == "DONE") continue;
    EXPECT_EQ(fault(event.data, "CompletionPiece"), "") << event.data;
    const JsonIn& choice = event.data["choices"][0];
    for (const auto& [name, list] : choice["logprobs"].items()) {
      for (const JsonIn& one : list) joined["logprobs"][name].push_back(one);
    }
    for (const char* name : {"token_ids", "prompt_token_ids"}) {
      if (!choice.contains(name)) continue;
      for (const JsonIn& one : choice[name]) joined[name].push_back(one);
    }
  }
  EXPECT_EQ(joined["logprobs"], whole["logprobs"]);
  EXPECT_EQ(joined["token_ids"], whole["token_ids"]);
  EXPECT_EQ(joined["prompt_token_ids"], whole["prompt_token_ids"]);
}

TEST_F(CompletionTest, RefusesAPromptBeyondTheContextAsABadRequest) {
  start();
  const std::string prompt(kContext + 1, 'a');
  const HttpResponse response = post("/v1/completions", R"({"prompt": ")" + prompt + "\"}");
  expect_error(response, 400, "context_exceeded");
}

TEST_F(CompletionTest, TurnsALargeBodyOverToTheFilePool) {
  script(ids("ab"), "cd");
  start();
  const std::string padding(kInlineBodyBytes, ' ');
  const JsonIn body = post_ok("/v1/completions", R"({"prompt": "ab", "temperature": 0})" + padding);
  EXPECT_EQ(body["choices"][0]["text"], "cd");
}

TEST_F(CompletionTest, AnswersAFullQueueWith429) {
  std::promise<void> go;
  model_->on_forward([held = go.get_future().share()](const model::Batch&) -> base::Result<> {
    held.wait();
    return {};
  });
  start({.max_running = 1, .max_queued = 1});
  const std::string request = R"({"prompt": "ab", "max_tokens": 1})";
  std::vector<std::shared_ptr<FakeResponder>> all;
  for (int i = 0; i < 8; ++i) all.push_back(begin("/v1/completions", request));
  go.set_value();
  int refused = 0;
  for (const auto& one : all) {
    const HttpResponse response = one->wait();
    if (response.status == 200) continue;
    ++refused;
    expect_error(response, 429, "queue_full");
    EXPECT_EQ(header_of(response, "Retry-After"), "1");
  }
  EXPECT_GE(refused, 5);
  EXPECT_LE(refused, 7);
}

TEST_F(CompletionTest, EndsAStreamWithAnErrorWhenTheModelFails) {
  fail_at_pass(4);
  start();
  const auto events =
      stream("/v1/completions", R"({"prompt": "ab", "stream": true, "ignore_eos": true})");
  ASSERT_GE(events.size(), 2U);
  const JsonIn& error = events.back().data["error"];  // and no [DONE]
  EXPECT_EQ(error["code"], "unavailable");
  EXPECT_EQ(error["status"], 503);
  expect_error(post("/v1/completions", R"({"prompt": "ab"})"), 503, "unavailable");
  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_EQ(get("/health").status, 503);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(CompletionTest, AClientThatGoesEndsItsGeneration) {
  start();
  auto responder = begin("/v1/completions",
                         R"({"prompt": "ab", "stream": true, "ignore_eos": true,
                             "max_tokens": 4000})");
  responder->wait_for_writes(3);
  responder->go_away();
  responder->wait();
  EXPECT_LT(responder->wait().body.size(), 500000U);
  EXPECT_EQ(engine_->status().running, 0);
}

TEST_F(CompletionTest, AClientThatDoesNotReadLosesItsGeneration) {
  constexpr int kHeldPass = 6;  // until then the handler may still be busy starting it
  std::atomic<int> passes = 0;
  std::promise<void> handled;
  model_->on_forward(
      [&passes, held = handled.get_future().share()](const model::Batch&) -> base::Result<> {
        if (++passes == kHeldPass) held.wait();
        return {};
      });
  start();
  auto responder = std::make_shared<FakeResponder>();
  responder->refuse_writes_after(2);
  service_->handle({.method = "POST",
                    .path = "/v1/completions",
                    .body = R"({"prompt": "ab", "stream": true, "ignore_eos": true,
                                "return_token_ids": true, "max_tokens": 4000})"},
                   responder);
  handled.set_value();
  responder->wait();
  EXPECT_LE(passes, kHeldPass + 1);
}

TEST_F(CompletionTest, AClientThatWentBeforeTheAnswerBeganCostsNothing) {
  std::atomic<int> passes = 0;
  model_->on_forward([&passes](const model::Batch&) -> base::Result<> {
    ++passes;
    return {};
  });
  start();
  auto responder = std::make_shared<FakeResponder>();
  responder->go_away();
  service_->handle({.method = "POST", .path = "/v1/completions", .body = R"({"prompt": "ab"})"},
                   responder);
  EXPECT_EQ(passes, 0);
  EXPECT_EQ(engine_->status().running + engine_->status().queued, 0);
}

TEST_F(CompletionTest, AnswersAConversation) {
  script(ids("assistant\n"), "hello");
  start();
  const JsonIn body = post_ok("/v1/chat/completions",
                              R"({"messages": [{"role": "developer", "content": "Be brief."},
                                   {"role": "user", "content": [{"type": "text", "text": "h"},
                                                                {"type": "text", "text": "i"}]}],
                                  "temperature": 0, "logprobs": true, "top_logprobs": 2,
                                  "return_token_ids": true})");
  const JsonIn& choice = body["choices"][0];
  EXPECT_EQ(choice["message"].dump(), R"({"role":"assistant","content":"hello"})");
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_EQ(choice["logprobs"]["content"].size(), choice["token_ids"].size());
  EXPECT_EQ(choice["logprobs"]["content"][0]["top_logprobs"].size(), 2U);
  EXPECT_EQ(tokenizer_->decode(body["prompt_token_ids"].get<Ids>()),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n"
            "<|im_start|>assistant\n");
}

TEST_F(CompletionTest, StreamsAConversation) {
  script(ids("assistant\n"), "hello");
  start();
  const auto events = stream(
      "/v1/chat/completions",
      R"({"messages": [{"role": "user", "content": "hi"}], "temperature": 0, "stream": true})");
  EXPECT_EQ(events.front().data["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(events.back().name, "DONE");
  std::string text;
  for (const SseEvent& event : events) {
    if (event.name == "DONE") continue;
    EXPECT_EQ(fault(event.data, "ChatPiece"), "") << event.data;
    text += event.data["choices"][0]["delta"]["content"].get<std::string>();
  }
  EXPECT_EQ(text, "hello");
}

TEST_F(CompletionTest, RefusesMessagesOfAnotherShape) {
  start();
  const auto refused = [&](const std::string& messages, const std::string& param) {
    const JsonIn error = expect_error(
        post("/v1/chat/completions", R"({"messages": )" + messages + "}"), 400, "invalid_request");
    EXPECT_EQ(error["param"], param) << messages;
  };
  refused("[]", "messages");
  refused("{}", "messages");
  refused("[5]", "messages[0]");
  refused(R"([{"role": "user"}])", "messages[0].content");
  refused(R"([{"role": "wizard", "content": "x"}])", "messages[0].role");
  refused(R"([{"role": 5, "content": "x"}])", "messages[0].role");
  refused(R"([{"role": "user", "content": 5}])", "messages[0].content");
  refused(R"([{"role": "user", "content": [{"type": "image_url"}]}])",
          "messages[0].content[0].type");
  refused(R"([{"role": "user", "content": [{"type": "text"}]}])", "messages[0].content[0].text");
}

TEST_F(CompletionTest, RefusesWhatWouldChangeTheAnswerUnseen) {
  start();
  for (const char* field : {R"("n": 17)",
                            R"("best_of": 3)",
                            R"("frequency_penalty": 2.5)",
                            R"("presence_penalty": -3)",
                            R"("logit_bias": {"5": 101})",
                            R"("logit_bias": {"x": 1})",
                            R"("logit_bias": {"07": 1})",
                            R"("logit_bias": {"99999": 1})",
                            R"("logit_bias": [5])",
                            R"("typical_p": 1.1)",
                            R"("top_n_sigma": -2)",
                            R"("dry_multiplier": -1)",
                            R"("dry_base": 0.5)",
                            R"("dry_allowed_length": 0)",
                            R"("dry_penalty_last_n": -2)",
                            R"("dry_sequence_breakers": [""])",
                            R"("mirostat": 1)",
                            R"("mirostat_tau": -1)",
                            R"("mirostat_eta": 2)",
                            R"("logprobs": 21)"}) {
    expect_error(post("/v1/completions", std::string(R"({"prompt": "a", )") + field + "}"), 400,
                 "invalid_request");
  }
  EXPECT_EQ(post("/v1/completions", R"({"prompt": "a", "n": 1, "best_of": null, "suffix": null,
                                        "frequency_penalty": 0.0, "logit_bias": {},
                                        "max_tokens": 1, "unknown": [1]})")
                .status,
            200);
}

}  // namespace
}  // namespace cromwell::api
