// POST /v1/complete.
#include <future>
#include <thread>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using CompleteTest = ServiceTest;

TEST_F(CompleteTest, FillsInAtTheEndOfALine) {
  script(ids("a = 1"), "0\nb = 2");
  start();  // main.py is "a = 1\nb = 2\n"
  const JsonIn body = post_ok(
      "/v1/complete", R"({"file": "main.py", "line": 1, "temperature": 0, "session": "s"})");
  EXPECT_EQ(body["text"], "0");
  EXPECT_EQ(body["file"], "main.py");
  EXPECT_EQ(body["line"], 1);
  EXPECT_EQ(body["column"], 5);
  EXPECT_EQ(body["session"], "s");
  EXPECT_EQ(body["finish_reason"], "stop");
}

TEST_F(CompleteTest, StreamsStartTokensAndDone) {
  script(ids("a = "), "7 in");
  start();
  for (const bool by_header : {false, true}) {
    std::string body = R"({"file": "main.py", "line": 1, "column": 4, "temperature": 0)";
    body += by_header ? "}" : R"(, "stream": true})";
    HeaderList headers;
    if (by_header) headers.emplace_back("Accept", "text/event-stream");
    const auto events = parse_sse(begin("/v1/complete", body, headers)->wait().body);
    ASSERT_GE(events.size(), 3U);
    EXPECT_EQ(events.front().name, "start");
    EXPECT_EQ(events.back().name, "done");
    std::string text;
    for (const SseEvent& event : events) {
      EXPECT_EQ(fault(event.data, "CompleteEvent_" + event.name), "") << event.data;
      EXPECT_EQ(fault(event.data, "CompleteEvent"), "") << event.data;
      if (event.name == "token") text += event.data["text"].get<std::string>();
    }
    EXPECT_EQ(text, "7 in");
  }
}

TEST_F(CompleteTest, ReadsTheEditorsBufferAndOtherFiles) {
  folder_.write("root/util.py", "def helper():\n    pass\n");
  start();
  const JsonIn body = post_ok("/v1/complete", R"({"file": "main.py", "line": 1, "content": "xyz",
      "files": {"add": ["util.py"], "budget": 100}, "max_tokens": 1})");
  EXPECT_EQ(body["column"], 3);
  EXPECT_EQ(body["context"]["used"].dump(), R"(["util.py"])");
  EXPECT_EQ(body["context"]["dropped"].dump(), "[]");
  EXPECT_GT(body["prompt_tokens"], 20);
}

TEST_F(CompleteTest, ShowsTheModelNoMoreThanContext) {
  folder_.write("root/long.py", std::string(3000, 'x'));
  start();
  const JsonIn body =
      post_ok("/v1/complete", R"({"file": "long.py", "line": 1, "context": 100, "max_tokens": 1,
          "files": {"add": ["main.py"]}})");
  EXPECT_EQ(body["prompt_tokens"], 100);
  EXPECT_EQ(body["context"]["used"].dump(), "[]");
  EXPECT_EQ(body["context"]["dropped"].dump(), R"(["long.py","main.py"])");
}

TEST_F(CompleteTest, RefusesWhatIsNotThere) {
  start();
  EXPECT_EQ(expect_error(post("/v1/complete", R"({"file": "main.py", "line": 9})"), 400,
                         "invalid_request")["param"],
            "line");
  expect_error(post("/v1/complete", R"({"file": "none.py", "line": 1})"), 404, "not_found");
  expect_error(post("/v1/complete", R"({"file": "../x", "line": 1})"), 403, "path_outside_root");
  expect_error(post("/v1/complete", R"({"line": 1})"), 400, "invalid_request");
}

TEST_F(CompleteTest, TheNewestOfASessionReplacesTheOneThatWaits) {
  std::promise<void> entered;
  std::promise<void> go;
  model_->on_forward([&, held = go.get_future().share(),
                      first = true](const model::Batch&) mutable -> base::Result<> {
    if (std::exchange(first, false)) entered.set_value();
    held.wait();
    return {};
  });
  start({.max_running = 1});
  auto running = begin("/v1/completions", R"({"prompt": "ab", "max_tokens": 1})");
  entered.get_future().wait();  // both of the others come while the engine takes nothing
  const std::string request = R"({"file": "main.py", "line": 1, "session": "s", "max_tokens": 1})";
  const auto wait_for = [&](int taken) {
    const auto load = [&] {  // of one reading: what starts between two is counted twice
      const engine::EngineStatus status = engine_->status();
      return status.running + status.queued;
    };
    while (load() < taken) std::this_thread::yield();
  };
  auto older = begin("/v1/complete", request);
  wait_for(2);
  auto newer = begin("/v1/complete", request);
  wait_for(3);
  go.set_value();
  expect_error(older->wait(), 409, "conflict");
  EXPECT_EQ(newer->wait().status, 200);
  EXPECT_EQ(running->wait().status, 200);
}

}  // namespace
}  // namespace cromwell::api
