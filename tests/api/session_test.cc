// Sessions over the wire, and what is read ahead of them.
#include <chrono>
#include <thread>
#include <utility>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using SessionTest = ServiceTest;
using WarmTest = ServiceTest;

std::string long_text(int words) {
  std::string text;
  for (int i = 0; i < words; ++i) text += "word" + std::to_string(i) + " ";
  return text;
}

TEST_F(SessionTest, ListsASessionAndDropsIt) {
  script(ids("ab"), "cd");
  start();
  post_ok("/v1/completions", R"({"prompt": "ab", "temperature": 0, "session": "my/own \u00e9"})");
  const JsonIn sessions = get_ok("/v1/sessions")["sessions"];
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0]["id"], "my/own \u00e9");
  EXPECT_GT(sessions[0]["cached_tokens"], 0);
  EXPECT_EQ(sessions[0]["pages"], 1);
  EXPECT_EQ(sessions[0]["pinned"], false);
  const std::string path = "/v1/sessions/my/own \u00e9";
  EXPECT_EQ(checked(find_route("DELETE", path), remove(path))["deleted"], true);
  EXPECT_TRUE(get_ok("/v1/sessions")["sessions"].empty());
  expect_error(remove(path), 404, "not_found");
}

TEST_F(SessionTest, PinsAndUnpinsASession) {
  start();
  expect_error(post("/v1/sessions/a/pin", "{}"), 404, "not_found");
  post_ok("/v1/completions", R"({"prompt": "ab", "session": "a", "max_tokens": 2})");
  EXPECT_EQ(post_ok("/v1/sessions/a/pin", "{}")["pinned"], true);
  EXPECT_EQ(get_ok("/v1/sessions")["sessions"][0]["pinned"], true);
  EXPECT_EQ(post_ok("/v1/sessions/a/unpin", "{}")["pinned"], false);
  EXPECT_EQ(get_ok("/v1/sessions")["sessions"][0]["pinned"], false);
}

TEST_F(SessionTest, SavesASessionAndRestoresItAfterItWasDropped) {
  start();
  expect_error(post("/v1/sessions/a/b/restore", "{}"), 404, "not_found");
  const std::string body =
      R"({"prompt": ")" + long_text(100) + R"(", "session": "a/b", "max_tokens": 2})";
  const JsonIn first = post_ok("/v1/completions", body);
  const int tokens = first["usage"]["prompt_tokens"];
  EXPECT_EQ(post_ok("/v1/sessions/a/b/save", "{}")["saved_tokens"], tokens + 1);
  ASSERT_TRUE(engine_->delete_session("a/b"));
  EXPECT_EQ(post_ok("/v1/sessions/a/b/restore", "{}")["restored_tokens"], tokens + 1);
  EXPECT_EQ(get_ok("/v1/sessions")["sessions"][0]["cached_tokens"], tokens + 1);
  const JsonIn again = post_ok("/v1/completions", body);
  EXPECT_EQ(again["usage"]["prompt_tokens_details"]["cached_tokens"], tokens - 1);
  remove("/v1/sessions/a/b");
  expect_error(post("/v1/sessions/a/b/restore", "{}"), 404, "not_found");
  expect_error(post("/v1/sessions/a/b/save", "{}"), 404, "not_found");
}

TEST_F(SessionTest, TimeLimitsAreKeptOnEveryRouteThatHasThem) {
  model_->on_forward([](const model::Batch&) -> base::Result<> {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // a pass takes time
    return {};
  });
  start({.prefill_chunk = 8});
  const std::pair<const char*, const char*> requests[] = {
      {"/v1/completions", R"({"ignore_eos": true, "prompt": "abcdefghijklmnopqrstuvwxyz")"},
      {"/v1/chat/completions",
       R"({"ignore_eos": true, "messages": [{"role": "user", "content": "abcdefghijkl"}])"},
      {"/v1/complete", R"({"file": "main.py", "line": 2)"},
      {"/v1/edit", R"({"file": "main.py", "instruction": "make b three")"}};
  for (const auto& [path, request] : requests) {
    SCOPED_TRACE(path);
    expect_error(post(path, std::string(request) + R"(, "t_max_prompt_ms": 1})"), 504, "timeout");
  }
  const auto cut = [&](std::size_t which) {
    return post_ok(requests[which].first,
                   std::string(requests[which].second) +
                       R"(, "max_tokens": 4000, "seed": 3, "t_max_predict_ms": 10})");
  };
  for (const std::size_t which : {0U, 1U}) {
    const JsonIn body = cut(which);
    EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
    EXPECT_LT(body["usage"]["completion_tokens"], 2000);
  }
  EXPECT_EQ(cut(2)["finish_reason"], "length");
  const JsonIn error = expect_error(
      post("/v1/edit", std::string(requests[3].second) + R"(, "t_max_predict_ms": 1})"), 422,
      "no_valid_edit");
  EXPECT_NE(error["message"].get<std::string>().find("t_max_predict_ms 1"), std::string::npos);
}

TEST_F(SessionTest, TakesAPriorityAndRefusesAnyOther) {
  start();
  for (const char* priority : {"interactive", "normal", "background"}) {
    post_ok("/v1/completions",
            std::string(R"({"prompt": "ab", "max_tokens": 1, "priority": ")") + priority + "\"}");
  }
  for (const char* bad : {R"("warm")", R"("urgent")", "1", "[]"}) {
    for (const char* path : {"/v1/completions", "/v1/chat/completions", "/v1/edit"}) {
      const std::string body = std::string(R"({"prompt": "ab", "file": "main.py",
          "instruction": "x", "messages": [{"role": "user", "content": "a"}], "priority": )") +
                               bad + "}";
      EXPECT_EQ(expect_error(post(path, body), 400, "invalid_request")["param"], "priority");
    }
  }
}

TEST_F(WarmTest, ReadsAPromptAheadOfItsRequest) {
  start();
  const std::string prompt = long_text(100);
  const JsonIn warmed = post_ok("/v1/warm", R"({"prompt": ")" + prompt + R"(", "session": "s"})");
  EXPECT_EQ(warmed["session"], "s");
  EXPECT_EQ(warmed["cached_tokens"], 0);
  EXPECT_EQ(warmed["warm_tokens"], warmed["prompt_tokens"]);
  const int tokens = warmed["warm_tokens"];
  const JsonIn answer =
      post_ok("/v1/completions", R"({"prompt": ")" + prompt + R"(", "max_tokens": 1})");
  EXPECT_EQ(answer["usage"]["prompt_tokens_details"]["cached_tokens"], tokens - 1);
  EXPECT_EQ(post_ok("/v1/warm", R"({"prompt": ")" + prompt + R"("})")["cached_tokens"], tokens - 1);
}

TEST_F(WarmTest, ReadsWhatEveryEditOfAFileBeginsWith) {
  start();
  folder_.write("root/long.py", "# " + long_text(150) + "\na = 1\n");
  const JsonIn warmed = post_ok("/v1/warm", R"({"file": "long.py"})");
  const int tokens = warmed["warm_tokens"];
  EXPECT_GT(tokens, 300);
  const auto events = stream("/v1/edit", R"({"file": "long.py", "instruction": "Rename a to b",
                                             "max_tokens": 4, "stream": true})");
  const JsonIn start = events.at(0).data;
  EXPECT_EQ(start["cached_tokens"], tokens);
  EXPECT_LT(tokens, start["prompt_tokens"]);
}

TEST_F(WarmTest, IsForTheAdapterOfTheRequestThatComes) {
  model_ = model_with_adapters(1);
  adapters_ = {{.name = "style", .task = ""}};
  start();
  const std::string prompt = R"({"prompt": ")" + long_text(100) + "\"";
  const JsonIn warmed = post_ok("/v1/warm", prompt + "}");
  const JsonIn styled = post_ok("/v1/completions", prompt + R"(, "max_tokens": 1})");
  EXPECT_EQ(styled["usage"]["prompt_tokens_details"]["cached_tokens"],
            warmed["warm_tokens"].get<int>() - 1);
  EXPECT_EQ(post_ok("/v1/warm", prompt + R"(, "lora": "none"})")["cached_tokens"], 0);
  EXPECT_EQ(
      expect_error(post("/v1/warm", prompt + R"(, "lora": "x"})"), 400, "invalid_request")["param"],
      "lora");
}

TEST_F(WarmTest, RefusesWhatItCannotReadAhead) {
  start();
  const auto refused = [&](const char* body, const char* param) {
    EXPECT_EQ(expect_error(post("/v1/warm", body), 400, "invalid_request")["param"], param) << body;
  };
  refused("{}", "prompt");
  refused(R"({"prompt": "a", "file": "main.py"})", "prompt");
  refused(R"({"prompt": ""})", "prompt");
  refused(R"({"prompt": [-1]})", "prompt[0]");
  refused(R"({"file": "main.py", "selection": {"start_line": 2, "end_line": 1}})",
          "selection.end_line");
  expect_error(post("/v1/warm", R"({"file": "none.py"})"), 404, "not_found");
  expect_error(post("/v1/warm", R"({"file": "../x"})"), 403, "path_outside_root");
  expect_error(post("/v1/warm", R"({"prompt": ")" + long_text(3000) + R"("})"), 413,
               "context_exceeded");
}

}  // namespace
}  // namespace cromwell::api
