// The endpoints that Ollama's clients use.
#include <gmock/gmock.h>

#include <sstream>

#include "api/ollama_format.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

class OllamaTest : public ServiceTest {
 protected:
  // The ids of a conversation of one message, with the answer's opening.
  Ids prompt(const std::string& user, const std::string& system = {}) {
    std::vector<tokenizer::ChatMessage> messages;
    if (!system.empty()) messages.push_back({"system", system});
    messages.push_back({"user", user});
    return *tokenizer::ChatTemplate::recognise("chatml", *tokenizer_)
                ->render_ids(messages, true, *tokenizer_);
  }
  std::vector<JsonIn> lines(const std::string& path, const std::string& body) {
    const HttpResponse response = post(path, body);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/x-ndjson");
    EXPECT_TRUE(response.body.ends_with("\n"));
    std::vector<JsonIn> all;
    std::istringstream text(response.body);
    for (std::string line; std::getline(text, line);) all.push_back(parse_or_null(line));
    return all;
  }
  // An answer that must be an error in Ollama's shape.
  std::string message_of(const HttpResponse& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    const JsonIn body = parse_or_null(response.body);
    EXPECT_EQ(fault(body, "OllamaError"), "") << response.body;
    return body["error"].is_string() ? body["error"].get<std::string>() : "no text";
  }
};

TEST_F(OllamaTest, AnswersAPromptAsAMessage) {
  script(prompt("ab", "be brief"), "cd the");
  start();
  const JsonIn body = post_ok("/api/generate", R"({"model": "x", "prompt": "ab", "stream": false,
      "system": "be brief", "options": {"temperature": 0}, "keep_alive": "5m"})");
  EXPECT_EQ(body["response"], "cd the");
  EXPECT_EQ(body["model"], "scripted");
  EXPECT_EQ(body["done"], true);
  EXPECT_EQ(body["done_reason"], "stop");
  EXPECT_EQ(body["prompt_eval_count"], prompt("ab", "be brief").size());
  EXPECT_EQ(body["context"].size(),
            prompt("ab", "be brief").size() + body["eval_count"].get<std::size_t>());
}

TEST_F(OllamaTest, StreamsALineForEachPieceUnlessToldNotTo) {
  script(prompt("ab"), "cd the");
  start();
  const auto all =
      lines("/api/generate", R"({"model": "x", "prompt": "ab", "options": {"temperature": 0}})");
  ASSERT_GE(all.size(), 2U);
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(fault(all[i], "OllamaGenerated"), "") << all[i];
    EXPECT_EQ(all[i]["done"], i + 1 == all.size());
    text += all[i]["response"].get<std::string>();
  }
  EXPECT_EQ(text, "cd the");
  EXPECT_GT(all.back()["eval_count"], 0);
}

TEST_F(OllamaTest, GoesOnFromAnEarlierAnswersContext) {
  script(prompt("ab"), "cd");
  start();
  const std::string request = R"("stream": false, "options": {"temperature": 0, "num_predict": 3})";
  const JsonIn first = post_ok("/api/generate", R"({"prompt": "ab", )" + request + "}");
  const JsonIn second =
      post_ok("/api/generate", R"({"prompt": "more", )" + request + R"(, "context": )" +
                                   first["context"].dump() + "}");
  EXPECT_EQ(second["prompt_eval_count"], first["context"].size() + prompt("more").size());
}

TEST_F(OllamaTest, ContinuesARawPromptAsText) {
  script(ids("ab"), "cd");
  start();
  const JsonIn body = post_ok("/api/generate", R"({"prompt": "ab", "raw": true, "stream": false,
      "options": {"temperature": 0, "num_predict": 5}})");
  EXPECT_EQ(body["response"], "cd");
  EXPECT_FALSE(body.contains("context"));
}

TEST_F(OllamaTest, FillsInBeforeASuffix) {
  script(ids("ab"), "cd\nthe rest");
  start();
  const JsonIn body = post_ok("/api/generate", R"({"prompt": "ab", "suffix": "\nthe rest\n",
      "stream": false, "options": {"temperature": 0}})");
  EXPECT_EQ(body["response"], "cd");
  EXPECT_FALSE(body.contains("truncated"));
  const JsonIn cut = post_ok("/api/generate", R"({"suffix": "b", "stream": false,
      "options": {"num_predict": 1}, "prompt": ")" +
                                                  std::string(2 * kContext, 'a') + "\"}");
  EXPECT_EQ(cut["truncated"], true);
}

TEST_F(OllamaTest, AnswersAConversation) {
  script(prompt("ab"), "cd");
  start();
  const std::string request =
      R"("messages": [{"role": "user", "content": "ab"}], "options": {"temperature": 0})";
  const JsonIn body = post_ok("/api/chat", "{" + request + R"(, "stream": false})");
  EXPECT_EQ(body["message"]["content"], "cd");
  EXPECT_EQ(body["message"]["role"], "assistant");
  const auto all = lines("/api/chat", "{" + request + "}");
  EXPECT_EQ(all.front()["message"]["content"], "c");
  EXPECT_EQ(all.back()["done"], true);
}

TEST_F(OllamaTest, LoadsNothingWhereNothingIsAsked) {
  start();
  EXPECT_EQ(post_ok("/api/generate", R"({"model": "x"})")["done_reason"], "load");
  EXPECT_EQ(post_ok("/api/chat", R"({"model": "x", "messages": []})")["done_reason"], "load");
  EXPECT_EQ(post_ok("/api/generate", R"({"model": "x", "keep_alive": 0})")["done"], true);
}

TEST_F(OllamaTest, HoldsTheAnswerToAFormat) {
  start();
  for (const char* format : {R"("json")", R"({"type": "object", "properties": {}})"}) {
    const JsonIn body =
        post_ok("/api/generate", std::string(R"({"prompt": "ab", "stream": false, "format": )") +
                                     format + R"(, "options": {"num_predict": 1}})");
    EXPECT_TRUE(body["response"] == "{" || body["response"] == "") << body;
  }
  EXPECT_THAT(message_of(post("/api/generate", R"({"prompt": "a", "format": "xml"})"), 400),
              testing::HasSubstr("format: expected \"json\" or a JSON schema"));
}

TEST_F(OllamaTest, RefusesWhatItCannotDoInOllamasShape) {
  start();
  const std::pair<const char*, const char*> cases[] = {
      {R"("template": "{{ .Prompt }}")", "template: "},
      {R"("images": ["aGk="])", "images: "},
      {R"("think": true)", "think: "},
      {R"("prompt": 5)", "prompt: expected a string, got 5"},
      {R"("options": {"num_predict": 1.5})", "options.num_predict: "},
      {R"("options": {"temperature": "1"})", "options.temperature: "}};
  for (const auto& [field, message] : cases) {
    EXPECT_THAT(message_of(post("/api/generate", std::string("{") + field + "}"), 400),
                testing::StartsWith(message));
  }
  EXPECT_THAT(message_of(post("/api/chat", R"({"messages": [{"role": "user", "content": "hi"}],
                  "tools": [{"type": "function", "function": {"name": "f"}}]})"),
                         400),
              testing::StartsWith("tools: the chat template of scripted (chatml) has no tools"));
  EXPECT_THAT(
      message_of(post("/api/generate", R"({"prompt": ")" + std::string(9000, 'a') + "\"}"), 400),
      testing::HasSubstr("context"));
}

TEST_F(OllamaTest, EndsABrokenStreamWithAnError) {
  fail_at_pass(4);
  start();
  const auto all = lines("/api/generate", R"({"prompt": "ab", "options": {"seed": 1}})");
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(all.back()["error"].is_string());
}

TEST_F(OllamaTest, DescribesTheResidentModel) {
  start();
  EXPECT_EQ(get_ok("/api/tags")["models"][0]["name"], "scripted");
  EXPECT_EQ(get_ok("/api/tags")["models"][0]["details"]["parameter_size"], "1.3B");
  EXPECT_EQ(get_ok("/api/ps")["models"][0]["context_length"], kContext);
  const JsonIn shown = post_ok("/api/show", R"({"model": "any"})");
  EXPECT_EQ(shown["model_info"]["llama.context_length"], kContext);
  EXPECT_NE(shown["template"].get<std::string>().find(".Suffix"), std::string::npos);
  EXPECT_TRUE(get_ok("/api/version")["version"].is_string());
}

TEST(OllamaFormat, WritesTimesInUtc) {
  EXPECT_THAT(utc_now(), testing::MatchesRegex(
                             "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
                             "[.][0-9][0-9][0-9][0-9][0-9][0-9]Z"));
}

}  // namespace
}  // namespace cromwell::api
