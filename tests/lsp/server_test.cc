// The server against a scripted generator: lifecycle, capabilities, completions, edits, cancelling.
#include "clients/lsp/server.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr const char* kUri = "file:///work/a%20b.py";
constexpr const char* kText = "one\ntwo\nthree\n";
constexpr const char* kPatch =
    "--- a/a b.py\n+++ b/a b.py\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

// Answers at once, or, where it is told to, only when it is cancelled.
class ScriptedGenerator final : public Generator {
 public:
  Result<std::string> complete(const CompletionQuery& query,
                               base::CallSwitch& call_switch) override {
    completion = query;
    if (waits) return wait(call_switch);
    return text;
  }
  Result<EditAnswer> edit(const EditQuery& query, const OnProgress& on_progress,
                          base::CallSwitch& call_switch) override {
    asked = query;
    on_progress("writing: 1 tokens");
    if (waits) return wait(call_switch);
    return answer;
  }

  bool waits = false;
  Result<std::string> text = std::string("done");
  Result<EditAnswer> answer = EditAnswer{.id = "ed_1", .patch = kPatch, .confidence = 0.5};
  CompletionQuery completion;
  EditQuery asked;

 private:
  static Error wait(base::CallSwitch& call_switch) {
    std::mutex mutex;
    std::condition_variable changed;
    bool cancelled = false;
    call_switch.watch([&] {
      const std::lock_guard lock(mutex);
      cancelled = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return cancelled; });
    lock.unlock();
    call_switch.watch({});
    return {.code = ErrorCode::kCancelled, .message = "cancelled"};
  }
};

class Editor : public testing::Test {
 protected:
  void tell(const std::string& method, const json& params) {
    server.receive(notification_text(method, params));
  }
  void ask(int id, const std::string& method, const json& params) {
    server.receive(request_text(id, method, params));
  }
  void start(const json& capabilities = json::object(), const json& options = json::object()) {
    ask(0, "initialize", {{"capabilities", capabilities}, {"initializationOptions", options}});
    capabilities_ = next()["result"]["capabilities"];
    tell("initialized", json::object());
    tell("textDocument/didOpen",
         {{"textDocument", {{"uri", kUri}, {"text", kText}, {"version", 4}}}});
  }
  void ask_edit(int id, const json& more = json::object()) {
    json argument = {{"uri", kUri}, {"instruction", "shout"}};
    argument.update(more);
    ask(id, "workspace/executeCommand",
        {{"command", kEditCommand}, {"arguments", json::array({argument})}});
  }

  // The next message of the server; waits for it.
  json next() {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [this] { return !sent.empty(); });
    json message = json::parse(sent.front());
    sent.pop_front();
    return message;
  }

  ScriptedGenerator generator;
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<std::string> sent;
  json capabilities_;
  Server server{generator, "1.0", [this](std::string_view content) {
                  const std::lock_guard lock(mutex);
                  sent.emplace_back(content);
                  arrived.notify_all();
                }};
};

int code_of(const json& message) { return message["error"]["code"].get<int>(); }

json place(int line, int character) {
  return {{"textDocument", {{"uri", kUri}}},
          {"position", {{"line", line}, {"character", character}}}};
}

TEST_F(Editor, ExpectsInitializeFirstAndOnce) {
  ask(1, "textDocument/completion", place(0, 0));
  EXPECT_EQ(code_of(next()), -32002);
  start();
  ask(2, "initialize", json::object());
  EXPECT_EQ(code_of(next()), -32600);
}

TEST_F(Editor, SaysShutdownAndExitHaveTheirOrder) {
  start();
  ask(1, "shutdown", json());
  EXPECT_TRUE(next()["result"].is_null());
  ask(2, "textDocument/completion", place(0, 0));
  EXPECT_EQ(code_of(next()), -32600);
  EXPECT_FALSE(server.has_exited());
  tell("exit", json());
  EXPECT_TRUE(server.has_exited());
  EXPECT_EQ(server.exit_status(), 0);
}

TEST_F(Editor, AnExitWithoutShutdownIsAFailure) {
  start();
  tell("exit", json());
  EXPECT_EQ(server.exit_status(), 1);
}

TEST_F(Editor, AnswersWhatIsNoMessageAndGoesOn) {
  start();
  server.receive("{");
  EXPECT_EQ(code_of(next()), -32700);
  server.receive(std::string(1'000'000, '[') + std::string(1'000'000, ']'));
  EXPECT_EQ(code_of(next()), -32700);
  for (const char* content :
       {"[]", "3", "{}", R"({"jsonrpc":"1.0","id":1,"method":"x"})",
        R"({"jsonrpc":"2.0","id":[],"method":"x"})", R"({"jsonrpc":"2.0","id":1,"method":3})",
        R"({"jsonrpc":"2.0","id":1,"method":"x","params":3})"}) {
    server.receive(content);
    EXPECT_EQ(code_of(next()), -32600) << content;
  }
  ask(1, "no/such", json());
  EXPECT_EQ(code_of(next()), -32601);
}

TEST_F(Editor, ChoosesUtf8WhereTheEditorHasIt) {
  start({{"general", {{"positionEncodings", {"utf-16", "utf-8"}}}}});
  EXPECT_EQ(capabilities_["positionEncoding"], "utf-8");
}

TEST_F(Editor, KeepsUtf16Otherwise) {
  start();
  EXPECT_EQ(capabilities_["positionEncoding"], "utf-16");
}

TEST_F(Editor, CompletesInTheTextAsTheEditorHasIt) {
  start();
  tell("textDocument/didChange", {{"textDocument", {{"uri", kUri}, {"version", 5}}},
                                  {"contentChanges", {{{"text", "\xF0\x9F\x98\x80x\n"}}}}});
  ask(1, "textDocument/inlineCompletion", place(0, 3));
  const json answer = next();
  EXPECT_EQ(answer["id"], 1);
  EXPECT_EQ(answer["result"]["items"][0]["insertText"], "done");
  EXPECT_EQ(generator.completion.path, "/work/a b.py");
  EXPECT_EQ(generator.completion.content, "\xF0\x9F\x98\x80x\n");
  EXPECT_EQ(generator.completion.line, 1);
  EXPECT_EQ(generator.completion.column, 2);
}

TEST_F(Editor, HasACompletionListForEditorsWithoutInlineOnes) {
  generator.text = std::string("first\nsecond");
  start();
  ask(1, "textDocument/completion", place(1, 3));
  const json item = next()["result"]["items"][0];
  EXPECT_EQ(item["label"], "first");
  EXPECT_EQ(item["textEdit"]["newText"], "first\nsecond");
  EXPECT_EQ(item["textEdit"]["range"]["start"], (json{{"line", 1}, {"character", 3}}));
}

TEST_F(Editor, ACompletionThatFailsIsNoneAndALineInTheLog) {
  generator.text = Error{.message = "no daemon"};
  start();
  ask(1, "textDocument/inlineCompletion", place(0, 0));
  EXPECT_EQ(next()["params"]["message"], "no completion: no daemon");
  EXPECT_TRUE(next()["result"]["items"].empty());
}

TEST_F(Editor, AChangeThatDoesNotFitClosesTheDocument) {
  start();
  tell("textDocument/didChange",
       {{"textDocument", {{"uri", kUri}, {"version", 5}}}, {"contentChanges", 3}});
  EXPECT_EQ(next()["method"], "window/logMessage");
  ask(1, "textDocument/inlineCompletion", place(0, 0));
  EXPECT_EQ(code_of(next()), -32602);
}

TEST_F(Editor, OffersEditsAsCodeActions) {
  start(json::object(), {{"asksInstruction", true}, {"instructions", {"Say it in French"}}});
  json params = place(0, 0);
  params["range"] = {{"start", {{"line", 1}, {"character", 0}}},
                     {"end", {{"line", 2}, {"character", 0}}}};
  params["context"] = {{"diagnostics", json::array()}, {"only", {"refactor"}}};
  ask(1, "textDocument/codeAction", params);
  const json actions = next()["result"];
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_FALSE(actions[0]["command"]["arguments"][0].contains("instruction"));
  EXPECT_EQ(actions[1]["command"]["arguments"][0]["instruction"], "Say it in French");
  params["context"]["only"] = {"quickfix"};
  ask(2, "textDocument/codeAction", params);
  EXPECT_TRUE(next()["result"].empty());
}

TEST_F(Editor, AppliesAnEditThroughTheEditorUnderItsVersion) {
  start({{"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}}});
  ask_edit(
      1,
      {{"range",
        {{"start", {{"line", 1}, {"character", 2}}}, {"end", {{"line", 2}, {"character", 0}}}}}});
  const json call = next();
  EXPECT_EQ(call["method"], "workspace/applyEdit");
  const json change = call["params"]["edit"]["documentChanges"][0];
  EXPECT_EQ(change["textDocument"], (json{{"uri", kUri}, {"version", 4}}));
  EXPECT_EQ(change["edits"][0]["newText"], "TWO\n");
  EXPECT_EQ(change["edits"][0]["range"]["start"], (json{{"line", 1}, {"character", 0}}));
  EXPECT_EQ(change["edits"][0]["range"]["end"], (json{{"line", 2}, {"character", 0}}));
  server.receive(response_text(call["id"], {{"applied", true}}));
  const json answer = next();
  EXPECT_EQ(answer["result"]["applied"], true);
  EXPECT_EQ(answer["result"]["id"], "ed_1");
  EXPECT_EQ(generator.asked.first_line, 2);
  EXPECT_EQ(generator.asked.last_line, 2);
  EXPECT_EQ(generator.asked.content, kText);
}

TEST_F(Editor, OnlyProposesWhereItIsToldSo) {
  start();
  ask_edit(1, {{"apply", false}});
  const json answer = next();
  EXPECT_EQ(answer["result"]["applied"], false);
  EXPECT_EQ(answer["result"]["patch"], kPatch);
}

TEST_F(Editor, ReportsProgressUnderATokenThatTheEditorAllows) {
  start({{"window", {{"workDoneProgress", true}}}});
  ask_edit(1, {{"apply", false}});
  const json create = next();
  EXPECT_EQ(create["method"], "window/workDoneProgress/create");
  server.receive(response_text(create["id"], nullptr));
  for (const char* kind : {"begin", "report", "end"}) {
    const json progress = next();
    EXPECT_EQ(progress["params"]["token"], create["params"]["token"]);
    EXPECT_EQ(progress["params"]["value"]["kind"], kind);
  }
  EXPECT_EQ(next()["id"], 1);
}

TEST_F(Editor, RefusesAnEditOfATextThatChangedMeanwhile) {
  generator.waits = false;
  start({{"window", {{"workDoneProgress", true}}}});
  ask_edit(1);
  const json create = next();
  tell("textDocument/didChange",
       {{"textDocument", {{"uri", kUri}, {"version", 5}}}, {"contentChanges", {{{"text", "x"}}}}});
  server.receive(response_text(create["id"], nullptr));
  json message = next();
  while (message.contains("method")) message = next();
  EXPECT_EQ(code_of(message), -32801);
}

TEST_F(Editor, CancelsWhatRuns) {
  generator.waits = true;
  start();
  ask(7, "textDocument/inlineCompletion", place(0, 0));
  tell("$/cancelRequest", {{"id", 7}});
  const json answer = next();
  EXPECT_EQ(answer["id"], 7);
  EXPECT_EQ(code_of(answer), -32800);
}

TEST_F(Editor, CancelsTheEditWhoseProgressIsCancelled) {
  generator.waits = true;
  start();
  ask(7, "workspace/executeCommand",
      {{"command", kEditCommand},
       {"workDoneToken", "bar"},
       {"arguments", json::array({{{"uri", kUri}, {"instruction", "shout"}}})}});
  EXPECT_EQ(next()["params"]["value"]["kind"], "begin");
  tell("window/workDoneProgress/cancel", {{"token", "other"}});
  tell("window/workDoneProgress/cancel", {{"token", "bar"}});
  json message = next();
  while (!message.contains("id")) message = next();
  EXPECT_EQ(code_of(message), -32800);
}

TEST_F(Editor, TakesARangeThatEndsPastTheTextUpToItsEnd) {
  start();
  const json range = {{"start", {{"line", 1}, {"character", 0}}},
                      {"end", {{"line", 2147483647}, {"character", 2147483647}}}};
  ask_edit(7, {{"range", range}, {"apply", false}});
  EXPECT_EQ(next()["id"], 7);
  EXPECT_EQ(generator.asked.first_line, 2);
  EXPECT_EQ(generator.asked.last_line, 3);
}

TEST_F(Editor, RefusesARangeThatEndsBeforeItsStart) {
  start();
  ask_edit(
      7,
      {{"range",
        {{"start", {{"line", 2}, {"character", 0}}}, {"end", {{"line", 1}, {"character", 0}}}}}});
  EXPECT_EQ(code_of(next()), -32602);
}

TEST_F(Editor, CountsLinesForTheDaemonByNewlinesAlone) {
  start();
  tell("textDocument/didChange", {{"textDocument", {{"uri", kUri}, {"version", 5}}},
                                  {"contentChanges", json::array({{{"text", "a\rb\nc"}}})}});
  ask(7, "textDocument/completion", place(1, 1));
  next();
  EXPECT_EQ(generator.completion.line, 1);
  EXPECT_EQ(generator.completion.column, 3);
}

TEST_F(Editor, ShutdownEndsWhatRuns) {
  generator.waits = true;
  start();
  ask_edit(7);
  ask(8, "shutdown", json());
  EXPECT_EQ(code_of(next()), -32800);
  EXPECT_EQ(next()["id"], 8);
}

TEST_F(Editor, RefusesMoreThanItRunsAtOnce) {
  generator.waits = true;
  start();
  for (int id = 0; id <= static_cast<int>(kMaxTasks); ++id) {
    ask(id, "textDocument/inlineCompletion", place(0, 0));
  }
  const json answer = next();
  EXPECT_EQ(answer["id"], kMaxTasks);
  EXPECT_EQ(code_of(answer), -32803);
}

TEST_F(Editor, AnEditNeedsAnInstructionAndAnOpenDocument) {
  start();
  for (const json& more : {json{{"instruction", ""}}, json{{"uri", "file:///other"}},
                           json{{"uri", "untitled:1"}}, json{{"range", 3}}}) {
    ask_edit(1, more);
    EXPECT_EQ(code_of(next()), -32602) << more;
  }
}

TEST(PathOfUri, DecodesFilesOfThisMachineOnly) {
  EXPECT_EQ(*path_of_uri("file:///a%20b/%C3%A9"), "/a b/\xC3\xA9");
  EXPECT_EQ(*path_of_uri("file://localhost/a"), "/a");
  for (const char* uri : {"", "/a", "http://a/b", "file://host/a", "file:///a%2", "file:///a%zz",
                          "file:///a%00b", "file:a"}) {
    EXPECT_FALSE(path_of_uri(uri)) << uri;
  }
}

}  // namespace
}  // namespace cromwell::lsp
