// What a completion may be asked beside its prompt: a prediction, kinds of sampling, several
// choices, a form that the answer is held to.
#include <future>
#include <set>

#include "api/limits.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using CompletionOptionsTest = ServiceTest;

TEST_F(CompletionOptionsTest, APredictionChangesTheSpeedAndIsCounted) {
  script(ids("ab"), "cd the ret in the end");
  start();
  const std::string request = R"({"prompt": "ab", "temperature": 0, "max_tokens": 100)";
  const JsonIn plain = post_ok("/v1/completions", request + "}");
  EXPECT_EQ(plain["usage"]["completion_tokens_details"]["accepted_prediction_tokens"], 0);
  for (const char* content : {R"("cd the ret in the end")",
                              R"([{"type": "text", "text": "cd the "},
                                  {"type": "text", "text": "ret in the end"}])"}) {
    const JsonIn body =
        post_ok("/v1/completions",
                request + R"(, "prediction": {"type": "content", "content": )" + content + "}}");
    EXPECT_EQ(body["choices"], plain["choices"]);
    const JsonIn& details = body["usage"]["completion_tokens_details"];
    EXPECT_GT(details["accepted_prediction_tokens"], 5);
    EXPECT_EQ(details["rejected_prediction_tokens"], 0);
  }
  const JsonIn wrong = post_ok(
      "/v1/completions",
      request + R"(, "prediction": {"type": "content", "content": "cd the in in in in in"}})");
  EXPECT_EQ(wrong["choices"], plain["choices"]);
  EXPECT_GT(wrong["usage"]["completion_tokens_details"]["rejected_prediction_tokens"], 0);
}

TEST_F(CompletionOptionsTest, ALogitBiasForcesAndForbidsTokens) {
  script(ids("ab"), "cd");
  start();
  const std::string request = R"({"prompt": "ab", "temperature": 0, "max_tokens": 1)";
  const auto text_with = [&](char token, int bias) -> std::string {
    const std::string id = std::to_string(ids(std::string(1, token))[0]);
    const JsonIn body = post_ok("/v1/completions", request + R"(, "logit_bias": {")" + id +
                                                       "\": " + std::to_string(bias) + "}}");
    return body["choices"][0]["text"];
  };
  EXPECT_EQ(text_with('x', 100), "x");
  EXPECT_NE(text_with('c', -100), "c");
  EXPECT_EQ(text_with('c', -1), "c");
}

TEST_F(CompletionOptionsTest, SamplingOfEveryKindIsTheSameForASeed) {
  script(ids("ab"), "cd");
  start();
  const std::string request = R"({"prompt": "ba", "seed": 5, "max_tokens": 40)";
  const JsonIn plain = post_ok("/v1/completions", request + "}");
  for (const char* field :
       {R"("frequency_penalty": 2)", R"("presence_penalty": 2)", R"("typical_p": 0.05)",
        R"("top_n_sigma": 0.5)", R"("mirostat": 2, "mirostat_tau": 1)"}) {
    const std::string body = request + ", " + field + "}";
    const JsonIn first = post_ok("/v1/completions", body);
    EXPECT_EQ(post_ok("/v1/completions", body)["choices"], first["choices"]) << field;
    EXPECT_NE(first["choices"], plain["choices"]) << field;
  }
}

TEST_F(CompletionOptionsTest, SeveralChoicesAreWhatTheirSeedsGiveAlone) {
  start();
  const auto request = [](int seed, int n, const char* more) {
    return R"({"prompt": "ba", "max_tokens": 12, "seed": )" + std::to_string(seed) + R"(, "n": )" +
           std::to_string(n) + more + "}";
  };
  const JsonIn all = post_ok("/v1/completions", request(40, 3, ""));
  ASSERT_EQ(all["choices"].size(), 3U);
  EXPECT_EQ(all["seed"], 40);
  std::set<std::string> texts;
  int tokens = 0;
  for (int i = 0; i < 3; ++i) {
    const JsonIn alone = post_ok("/v1/completions", request(40 + i, 1, ""));
    EXPECT_EQ(all["choices"][static_cast<std::size_t>(i)]["index"], i);
    EXPECT_EQ(all["choices"][static_cast<std::size_t>(i)]["text"], alone["choices"][0]["text"]);
    texts.insert(alone["choices"][0]["text"].get<std::string>());
    tokens += alone["usage"]["completion_tokens"].get<int>();
  }
  EXPECT_EQ(texts.size(), 3U);
  EXPECT_EQ(all["usage"]["completion_tokens"], tokens);
  EXPECT_EQ(all["usage"]["prompt_tokens"], 2);

  std::vector<std::string> streamed(3);
  int ends = 0;
  for (const SseEvent& event : stream("/v1/completions", request(40, 3, R"(, "stream": true)"))) {
    if (!event.data.is_object()) continue;
    for (const JsonIn& choice : event.data["choices"]) {
      streamed[choice["index"].get<std::size_t>()] += choice["text"].get<std::string>();
      ends += choice["finish_reason"].is_null() ? 0 : 1;
    }
  }
  EXPECT_EQ(ends, 3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(all["choices"][i]["text"], streamed[i]);
}

TEST_F(CompletionOptionsTest, EachOfSeveralChoicesEchoesThePrompt) {
  start();
  const JsonIn body = post_ok("/v1/completions", R"({"prompt": "ba", "max_tokens": 2, "n": 2,
                                                     "echo": true, "logprobs": 0,
                                                     "ignore_eos": true})");
  for (const JsonIn& choice : body["choices"]) {
    EXPECT_TRUE(choice["text"].get<std::string>().starts_with("ba"));
    EXPECT_EQ(choice["logprobs"]["tokens"].size(), 4U);
  }
}

TEST_F(CompletionOptionsTest, TheRateOfSeveralChoicesLeavesTheFirstTokenOfEachOut) {
  start();
  const JsonIn body = post_ok("/v1/completions", R"({"prompt": "ba", "max_tokens": 12, "n": 3,
      "ignore_eos": true, "temperature": 1, "seed": 1})");
  const JsonIn& timings = body["timings"];
  EXPECT_EQ(body["usage"]["completion_tokens"], 36);
  EXPECT_NEAR(timings["predict_per_second"].get<double>() * timings["predict_ms"].get<double>(),
              33e3, 1);
}

TEST_F(CompletionOptionsTest, MoreChoicesThanTheEngineHoldsAreRefusedAsAWhole) {
  start({.max_running = 2, .max_queued = 1});
  expect_error(post("/v1/completions", R"({"prompt": "ba", "max_tokens": 2, "n": 4})"), 429,
               "queue_full");
  EXPECT_EQ(post("/v1/completions", R"({"prompt": "ba", "max_tokens": 2, "n": 3})").status, 200);
}

TEST_F(CompletionOptionsTest, AnAnswerHasTheFormThatItIsHeldTo) {
  start();
  const auto text_of = [&](const std::string& form) -> std::string {
    const JsonIn body = post_ok("/v1/completions",
                                R"({"prompt": "ba", "max_tokens": 400, "seed": 1, )" + form + "}");
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop") << form;
    return body["choices"][0]["text"];
  };
  EXPECT_EQ(text_of(R"("guided_choice": ["the return"])"), "the return");
  EXPECT_EQ(text_of(R"("guided_regex": "(in){3}")"), "ininin");
  const JsonIn value = JsonIn::parse(text_of(
      R"("response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema":
         {"type": "object", "required": ["a", "b"], "properties":
          {"b": {"enum": [1, 2]}, "a": {"type": "string", "maxLength": 3}}}}})"));
  EXPECT_TRUE(value["a"].is_string());
  EXPECT_TRUE(value["b"].is_number());
}

TEST_F(CompletionOptionsTest, RefusesAFormThatItCanNotHold) {
  start();
  for (const char* form :
       {R"x("guided_regex": "(?=a)")x", R"("guided_choice": [])", R"("guided_choice": "a")",
        R"("response_format": {"type": "yaml"})", R"("response_format": {"type": "json_schema"})",
        R"("response_format": {"type": "json_schema", "json_schema": {"schema": {"not": {}}}})",
        R"("guided_regex": "a", "guided_choice": ["a"])"}) {
    expect_error(post("/v1/completions", std::string(R"({"prompt": "a", )") + form + "}"), 400,
                 "invalid_request");
  }
  JsonIn large = {{"prompt", "a"}};
  for (int i = 0; i < 20; ++i) large["guided_choice"].push_back(std::string(4000, 'a'));
  const auto refused = post("/v1/completions", large.dump());
  expect_error(refused, 400, "invalid_request");
  EXPECT_NE(refused.body.find("in all"), std::string::npos) << refused.body;
}

// Answers an error, but not before the test lets it: until then it holds the thread that does so.
class HeldResponder final : public Responder {
 public:
  void send(HttpResponse response) override {
    sending_.set_value();
    gate_.get_future().wait();
    status_.set_value(response.status);
  }
  void begin_stream(HttpResponse) override {}
  bool write(std::string) override { return true; }
  void end_stream() override {}
  void on_gone(std::function<void()>) override {}

  void wait_until_sending() { sending_.get_future().wait(); }
  int let_go() {
    gate_.set_value();
    return status_.get_future().get();
  }

 private:
  std::promise<void> sending_, gate_;
  std::promise<int> status_;
};

// Nothing but a form that is made holds its thread: whatever that takes, others are answered.
TEST_F(CompletionOptionsTest, OthersAreAnsweredWhileFormsAreMade) {
  start();
  const std::string faulty = R"x({"prompt": "ba", "guided_regex": "(?=a)"})x";
  std::vector<std::shared_ptr<HeldResponder>> held;
  for (int i = 0; i < kFormThreads; ++i) {
    held.push_back(std::make_shared<HeldResponder>());
    service_->handle({.method = "POST", .path = "/v1/completions", .body = faulty}, held.back());
  }
  for (const auto& one : held) one->wait_until_sending();
  EXPECT_EQ(post("/v1/completions", R"({"prompt": "ba", "max_tokens": 2})").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);

  std::vector<std::shared_ptr<FakeResponder>> waiting;
  for (int i = kFormThreads; i < kMaxPendingForms; ++i) {
    waiting.push_back(begin("/v1/completions", faulty));
  }
  const HttpResponse refused = post("/v1/chat/completions", R"({"messages": [{"role": "user",
      "content": "a"}], "response_format": {"type": "json_object"}})");
  expect_error(refused, 429, "queue_full");
  EXPECT_EQ(header_of(refused, "Retry-After"), "1");
  for (const auto& one : waiting) EXPECT_FALSE(one->answered());
  for (const auto& one : held) EXPECT_EQ(one->let_go(), 400);
  for (const auto& one : waiting) EXPECT_EQ(one->wait().status, 400);
}

TEST_F(CompletionOptionsTest, DryKeepsFromRepeatingThePrompt) {
  script(ids("ab"), "cd");
  start();
  const std::string request = R"({"prompt": "abcab", "temperature": 0, "max_tokens": 1)";
  EXPECT_EQ(post_ok("/v1/completions", request + "}")["choices"][0]["text"], "c");
  const JsonIn body = post_ok("/v1/completions", request + R"(, "dry_multiplier": 100})");
  EXPECT_NE(body["choices"][0]["text"], "c");
  const JsonIn broken = post_ok(
      "/v1/completions", request + R"(, "dry_multiplier": 100, "dry_sequence_breakers": ["b"]})");
  EXPECT_EQ(broken["choices"][0]["text"], "c");
}

TEST_F(CompletionOptionsTest, RefusesAPredictionOfAnotherShape) {
  start();
  for (const char* prediction :
       {"5", "\"text\"", "{}", R"({"type": "content"})", R"({"type": "text", "content": "a"})",
        R"({"type": "content", "content": 5})",
        R"({"type": "content", "content": [{"type": "image"}]})"}) {
    const HttpResponse response = post(
        "/v1/completions", std::string(R"({"prompt": "a", "prediction": )") + prediction + "}");
    EXPECT_EQ(response.status, 400) << prediction;
  }
}

TEST_F(CompletionOptionsTest, FillsInBetweenPromptAndSuffix) {
  script(ids("ab"), "cd\nthe rest");
  start();
  const JsonIn body = post_ok("/v1/completions", R"({"prompt": "ab", "suffix": "\nthe rest\n",
      "temperature": 0, "echo": true})");
  EXPECT_EQ(body["choices"][0]["text"], "abcd");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  EXPECT_FALSE(body.contains("truncated"));
}

TEST_F(CompletionOptionsTest, CutsAPromptWithASuffixToTheContextAndSaysSo) {
  start();
  const JsonIn body = post_ok("/v1/completions", R"({"suffix": "b", "max_tokens": 5, "prompt": ")" +
                                                     std::string(2 * kContext, 'a') + "\"}");
  EXPECT_EQ(body["usage"]["prompt_tokens"], kContext - 5 - 1);
  EXPECT_EQ(body["truncated"], true);
}

TEST_F(CompletionOptionsTest, RefusesToolsWhereTheTemplateHasNone) {
  start();
  const std::string user = R"({"role": "user", "content": "hi"})";
  const std::pair<std::string, const char*> cases[] = {
      {"[" + user + R"(], "tools": [{"type": "function", "function": {"name": "f"}}])", "tools"},
      {"[" + user + R"(, {"role": "tool", "content": "1"}])", "messages[1].role"},
      {"[" + user + R"(, {"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}])",
       "messages[1].tool_calls"}};
  for (const auto& [messages, param] : cases) {
    const JsonIn error = expect_error(
        post("/v1/chat/completions", "{\"messages\": " + messages + "}"), 400, "invalid_request");
    EXPECT_EQ(error["param"], param);
    EXPECT_NE(error["message"].get<std::string>().find("the chat template of scripted (chatml)"),
              std::string::npos);
  }
}

TEST_F(CompletionOptionsTest, OnlyReadsAConversationWhereLlamaServersClientsWantNoTokens) {
  start();
  const JsonIn body = post_ok("/v1/chat/completions", R"({"n_predict": 0, "samplers": [],
      "messages": [{"role": "user", "content": "hi"}], "response_fields": [""]})");
  EXPECT_EQ(body["usage"]["completion_tokens"], 0);
}

TEST_F(CompletionOptionsTest, ReportsHowFarALongPromptIsToWhoAsks) {
  start({.prefill_chunk = 8});
  const auto events = stream("/v1/completions", R"({"prompt": "abcdefghijklmnopqrstuvwxyz",
      "max_tokens": 1, "stream": true, "return_progress": true})");
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(fault(events[0].data, "CompletionPiece"), "");
  EXPECT_EQ(events[0].data["prompt_progress"]["total"], 26);
}

}  // namespace
}  // namespace cromwell::api
