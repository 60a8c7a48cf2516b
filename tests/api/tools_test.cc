// Tools in conversations: what the model is told of them, and how its calls are told.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using testing::HasSubstr;

class ToolsTest : public ServiceTest {
 protected:
  static constexpr const char* kTools = R"("tools": [
      {"type": "function", "function": {"name": "now", "strict": false, "parameters": {
          "type": "object", "required": ["zone"],
          "properties": {"zone": {"enum": ["utc", "local"]}}}}},
      {"type": "function", "function": {"name": "stop"}}])";
  static constexpr const char* kCall =
      "<tool_call>\n{\"name\": \"now\", \"arguments\": {\"zone\": \"utc\"}}\n</tool_call>";

  void start_with(const std::string& chat_template, const std::string& answer) {
    chat_template_ = chat_template;
    script(ids("assistant\n"), answer);
    start();
  }
  static std::string request(const std::string& more) {
    return R"({"temperature": 0, "messages": [{"role": "user", "content": "When?"}], )" +
           std::string(kTools) + more + "}";
  }
  // The tool calls of a stream, put together as OpenAI's clients do: by index.
  static JsonIn joined(const std::vector<SseEvent>& events) {
    JsonIn calls = JsonIn::array();
    for (const SseEvent& event : events) {
      if (!event.data.is_object() || event.data["choices"].empty()) continue;
      for (const JsonIn& piece : event.data["choices"][0]["delta"].value("tool_calls", JsonIn())) {
        if (piece["index"] == calls.size()) {
          calls.push_back(piece);
        } else {
          calls[piece["index"].get<std::size_t>()]["function"]["arguments"]
              .get_ref<std::string&>() += piece["function"]["arguments"].get<std::string>();
        }
      }
    }
    return calls;
  }
};

TEST_F(ToolsTest, ACallIsToldWhole) {
  start_with("chatml-tools", std::string("I look.\n") + kCall);
  const JsonIn choice = post_ok("/v1/chat/completions", request(""))["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  const JsonIn& message = choice["message"];
  EXPECT_EQ(message["content"], "I look.");
  ASSERT_EQ(message["tool_calls"].size(), 1U);
  EXPECT_EQ(message["tool_calls"][0]["type"], "function");
  EXPECT_THAT(message["tool_calls"][0]["id"].get<std::string>(), testing::StartsWith("call_"));
  EXPECT_EQ(message["tool_calls"][0]["function"]["name"], "now");
  EXPECT_EQ(message["tool_calls"][0]["function"]["arguments"], R"({"zone": "utc"})");
}

TEST_F(ToolsTest, AMessageThatOnlyCallsHasNoContent) {
  start_with("chatml-tools", kCall);
  const JsonIn body = post_ok("/v1/chat/completions", request(""));
  EXPECT_TRUE(body["choices"][0]["message"]["content"].is_null());
}

TEST_F(ToolsTest, CallsAreStreamedInPieces) {
  start_with("chatml-tools", std::string(kCall) + "\n" + kCall);
  const auto events = stream("/v1/chat/completions", request(R"(, "stream": true)"));
  int pieces = 0;
  for (const SseEvent& event : events) {
    if (!event.data.is_object()) continue;
    EXPECT_EQ(fault(event.data, "ChatPiece"), "") << event.data;
    const JsonIn& delta = event.data["choices"][0]["delta"];
    if (delta.contains("tool_calls")) ++pieces;
    EXPECT_EQ(delta.value("content", ""), "");
  }
  EXPECT_GT(pieces, 4);
  const JsonIn calls = joined(events);
  ASSERT_EQ(calls.size(), 2U);
  for (const JsonIn& call : calls) {
    EXPECT_EQ(call["function"]["name"], "now");
    EXPECT_EQ(call["function"]["arguments"], R"({"zone": "utc"})");
  }
  EXPECT_NE(calls[0]["id"], calls[1]["id"]);
  EXPECT_EQ(events[events.size() - 2].data["choices"][0]["finish_reason"], "tool_calls");
}

TEST_F(ToolsTest, WithoutParallelCallsTheAnswerEndsBehindTheFirst) {
  start_with("chatml-tools", std::string(kCall) + "\n" + kCall);
  const JsonIn body = post_ok("/v1/chat/completions", request(R"(, "parallel_tool_calls": false)"));
  EXPECT_EQ(body["choices"][0]["message"]["tool_calls"].size(), 1U);
  EXPECT_EQ(body["choices"][0]["finish_reason"], "tool_calls");
  EXPECT_TRUE(body["choices"][0]["stop_reason"].is_null());
}

TEST_F(ToolsTest, ACallThatIsAskedForKeepsToItsSchema) {
  start_with("chatml-tools", "I would rather talk.");
  for (const char* choice :
       {R"("required")", R"({"type": "function", "function": {"name": "now"}})"}) {
    const JsonIn body =
        post_ok("/v1/chat/completions", request(std::string(R"(, "parallel_tool_calls": false,
            "max_tokens": 400, "tool_choice": )") +
                                                choice));
    const JsonIn& call = body["choices"][0]["message"]["tool_calls"][0]["function"];
    EXPECT_EQ(body["choices"][0]["finish_reason"], "tool_calls");
    const JsonIn arguments = JsonIn::parse(call["arguments"].get<std::string>());
    if (call["name"] == "now") {
      EXPECT_THAT(arguments["zone"].get<std::string>(), testing::AnyOf("utc", "local"));
    } else {
      EXPECT_EQ(call["name"], "stop");
      EXPECT_EQ(arguments, JsonIn::object());
    }
  }
}

TEST_F(ToolsTest, AStrictToolIsHeldToItsSchemaWhereTheModelCallsByItself) {
  script(ids("assistant\n"),
         "Well.\n<tool_call>\n{\"name\": \"now\", \"arguments\": {\"zone\": 5}}");
  chat_template_ = "chatml-tools";
  start();
  const JsonIn body = post_ok("/v1/chat/completions", R"({"temperature": 0, "max_tokens": 400,
      "parallel_tool_calls": false, "messages": [{"role": "user", "content": "When?"}], "tools": [
      {"type": "function", "function": {"name": "now", "strict": true, "parameters": {
       "type": "object", "properties": {"zone": {"enum": ["utc"]}}, "required": ["zone"]}}}]})");
  const JsonIn& message = body["choices"][0]["message"];
  EXPECT_EQ(message["content"], "Well.");
  EXPECT_EQ(JsonIn::parse(message["tool_calls"][0]["function"]["arguments"].get<std::string>()),
            JsonIn({{"zone", "utc"}}));
}

TEST_F(ToolsTest, ASchemaThatCanNotBeHeldToIsRefusedOnlyOfAStrictTool) {
  start_with("chatml-tools", "x");
  const auto body = [](const char* strict) {
    return std::string(R"({"messages": [{"role": "user", "content": "a"}], "max_tokens": 5,
        "tool_choice": "required", "tools": [{"type": "function", "function": {"name": "now",
        "parameters": {"type": "object", "properties": {"n": {"type": "integer", "multipleOf": 5}}},
        "strict": )") +
           strict + "}}]}";
  };
  post_ok("/v1/chat/completions", body("false"));
  const JsonIn error =
      expect_error(post("/v1/chat/completions", body("true")), 400, "invalid_request");
  EXPECT_EQ(error["param"], "tools[0].function.parameters.properties.n.multipleOf");
}

TEST_F(ToolsTest, WithAChoiceOfNoneTheModelIsShownNoTool) {
  start_with("chatml-tools", kCall);
  const std::string plain =
      R"({"temperature": 0, "messages": [{"role": "user", "content": "When?"}]})";
  const JsonIn without = post_ok("/v1/chat/completions", plain);
  const JsonIn none = post_ok("/v1/chat/completions", request(R"(, "tool_choice": "none")"));
  EXPECT_EQ(none["usage"]["prompt_tokens"], without["usage"]["prompt_tokens"]);
  EXPECT_EQ(none["choices"][0]["message"]["content"], kCall);
  EXPECT_EQ(none["choices"][0]["finish_reason"], "stop");
}

TEST_F(ToolsTest, LlamasFormIsTheAnswerItself) {
  chat_template_ = "llama3.1";
  script(ids("assistant<|end_header_id|>\n\n"),
         R"({"name": "now", "parameters": {"zone": "local"}})");
  start();
  const JsonIn body = post_ok("/v1/chat/completions", request(""));
  EXPECT_EQ(body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"],
            R"({"zone": "local"})");
}

TEST_F(ToolsTest, OllamasClientsGetACallAsAnObject) {
  start_with("chatml-tools", std::string("I look.\n") + kCall);
  const std::string body = R"({"model": "x", "options": {"temperature": 0},
      "messages": [{"role": "user", "content": "When?"}], )" +
                           std::string(kTools);
  const JsonIn whole = post_ok("/api/chat", body + R"(, "stream": false})");
  const JsonIn expected = {{"function", {{"name", "now"}, {"arguments", {{"zone", "utc"}}}}}};
  EXPECT_EQ(whole["message"]["content"], "I look.");
  EXPECT_EQ(whole["message"]["tool_calls"], JsonIn::array({expected}));
  EXPECT_EQ(whole["done_reason"], "stop");
  const std::string streamed = post("/api/chat", body + "}").body;
  EXPECT_THAT(
      streamed,
      HasSubstr(R"("tool_calls":[{"function":{"name":"now","arguments":{"zone":"utc"}}}])"));
  EXPECT_THAT(post_ok("/api/show", R"({"model": "x"})")["capabilities"].dump(), HasSubstr("tools"));
}

TEST_F(ToolsTest, RefusesWhatIsNoToolAndNamesTheField) {
  start_with("chatml-tools", "x");
  const std::string head = R"({"messages": [{"role": "user", "content": "a"}], )";
  const std::pair<const char*, const char*> cases[] = {
      {R"("tools": 5)", "tools"},
      {R"("tools": [{"type": "other", "function": {"name": "f"}}])", "tools[0].type"},
      {R"("tools": [{"type": "function"}])", "tools[0].function"},
      {R"("tools": [{"function": {"name": "a\"b"}}])", "tools[0].function.name"},
      {R"("tools": [{"function": {"name": ""}}])", "tools[0].function.name"},
      {R"("tools": [{"function": {"name": "f", "parameters": []}}])",
       "tools[0].function.parameters"},
      {R"("tools": [{"function": {"name": "f", "parameters": {"type": "string"}}}])",
       "tools[0].function.parameters.type"},
      {R"("tools": [{"function": {"name": "f"}}, {"function": {"name": "f"}}])",
       "tools[1].function.name"},
      {R"("tool_choice": "required")", "tool_choice"},
      {R"("tool_choice": "all")", "tool_choice"},
      {R"("tools": [{"function": {"name": "f"}}], "tool_choice": {"function": {"name": "g"}})",
       "tool_choice.function.name"}};
  for (const auto& [fields, param] : cases) {
    const JsonIn error =
        expect_error(post("/v1/chat/completions", head + fields + "}"), 400, "invalid_request");
    EXPECT_EQ(error["param"], param) << fields;
  }
  const std::pair<const char*, const char*> messages[] = {
      {R"({"role": "assistant"})", "messages[0].content"},
      {R"({"role": "user", "content": "a", "tool_calls": [{"function": {"name": "f"}}]})",
       "messages[0].tool_calls"},
      {R"({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]})",
       "messages[0].tool_calls[0].function.arguments"},
      {R"({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[]"}}]})",
       "messages[0].tool_calls[0].function.arguments"}};
  for (const auto& [message, param] : messages) {
    const JsonIn error = expect_error(
        post("/v1/chat/completions", std::string(R"({"messages": [)") + message + "]}"), 400,
        "invalid_request");
    EXPECT_EQ(error["param"], param) << message;
  }
}

TEST_F(ToolsTest, ATemplateOfOneCallRefusesTwoInAMessage) {
  chat_template_ = "llama3.1";
  start();
  const JsonIn error =
      expect_error(post("/v1/chat/completions", R"({"messages": [{"role": "user", "content": "a"},
          {"role": "assistant", "tool_calls": [{"function": {"name": "f"}},
                                               {"function": {"name": "g"}}]}]})"),
                   400, "invalid_request");
  EXPECT_EQ(error["param"], "messages[1].tool_calls");
}

// The prompts of conversations with tools, by the models' own templates and Hugging Face.
class ToolPromptTest : public ServiceTest, public testing::WithParamInterface<int> {};

TEST_P(ToolPromptTest, IsWhatHuggingFaceRenders) {
  std::ifstream file(CROMWELL_SOURCE_DIR "/tests/tokenizer/data/chat_tools.json");
  const JsonIn entry = JsonIn::parse(file)[static_cast<std::size_t>(GetParam())];
  SCOPED_TRACE(entry["name"].get<std::string>());
  chat_template_ = entry["known_by"];
  start();
  // This vocabulary has no bos.
  const auto text_of = [](const JsonIn& test) {
    auto text = test["text"].get<std::string>();
    return text.starts_with("<|bos|>") ? text.substr(7) : text;
  };
  for (const JsonIn& test : entry["cases"]) {
    JsonIn body = {{"messages", test["messages"]}, {"tools", test["tools"]}};
    body["add_generation_prompt"] = test["add_generation_prompt"];
    EXPECT_EQ(post_ok("/apply-template", body.dump())["prompt"], text_of(test));
    // OpenAI's clients send arguments as a text.
    for (JsonIn& message : body["messages"]) {
      if (!message.contains("tool_calls")) continue;
      for (JsonIn& call : message["tool_calls"]) {
        call["function"]["arguments"] = call["function"]["arguments"].dump();
      }
    }
    EXPECT_EQ(post_ok("/apply-template", body.dump())["prompt"], text_of(test));
  }
}

INSTANTIATE_TEST_SUITE_P(Templates, ToolPromptTest, testing::Range(0, 4));

}  // namespace
}  // namespace cromwell::api
