#include <chrono>
#include <future>
#include <thread>

#include "api/edit_records.h"
#include "api/json_writer.h"
#include "base/hash.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using EditTest = ServiceTest;

constexpr const char* kEdit = R"({"file": "main.py", "instruction": "make b three",
                                  "temperature": 0, "seed": 5)";
const std::string kOldFile = "a = 1\nb = 2\n";
const std::string kNewFile = "a = 1\nb = 3\n";
const std::string kPatch =
    "--- a/main.py\n+++ b/main.py\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3\n";

std::string edit_body(const std::string& more = {}) { return kEdit + more + "}"; }

TEST_F(EditTest, AnswersWithOneObject) {
  script_edit(kNewFile);
  start();
  const JsonIn body = post_ok("/v1/edit", edit_body());
  EXPECT_EQ(body["file"], "main.py");
  EXPECT_EQ(body["model"], "scripted");
  EXPECT_EQ(body["protocol"], "rewrite");
  EXPECT_EQ(body["seed"], 5);
  EXPECT_EQ(body["region"].dump(), R"({"start_line":1,"end_line":2})");
  EXPECT_EQ(body["diff"]["patch"], kPatch);
  EXPECT_EQ(body["diff"]["stats"].dump(), R"({"added":1,"removed":1,"hunks":1})");
  EXPECT_EQ(body["diff"]["validation"]["applies"], true);
  EXPECT_TRUE(body["applied"].is_null());
  EXPECT_EQ(body["finish_reason"], "stop");
  EXPECT_EQ(folder_.read("root/main.py"), kOldFile);
}

TEST_F(EditTest, StreamsItsEventsInOrder) {
  script_edit(kNewFile);
  start();
  const auto events = stream("/v1/edit", edit_body(R"(, "stream": true, "apply": true)"));
  ASSERT_GE(events.size(), 5U);
  EXPECT_EQ(events.front().name, "start");
  EXPECT_EQ(events.back().name, "done");
  EXPECT_EQ(events[events.size() - 2].name, "applied");
  std::string text;
  int ends = 0;
  for (const SseEvent& event : events) {
    EXPECT_EQ(fault(event.data, "EditEvent_" + event.name), "") << event.name << event.data;
    EXPECT_EQ(fault(event.data, "EditEvent"), "") << event.name << event.data;
    if (event.name == "token") text += event.data["text"].get<std::string>();
    if (event.name == "done" || event.name == "error") ++ends;
    if (event.name == "diff") {
      EXPECT_EQ(event.data["patch"], kPatch);
    }
  }
  EXPECT_EQ(ends, 1);
  EXPECT_NE(text.find("b = 3"), std::string::npos) << text;
  EXPECT_EQ(folder_.read("root/main.py"), kNewFile);
}

TEST_F(EditTest, ReportsHowFarALongPromptIsBeforeItsFirstToken) {
  script_edit(kNewFile);
  start({.prefill_chunk = 32});
  const auto events = stream("/v1/edit", edit_body(R"(, "stream": true)"));
  ASSERT_GE(events.size(), 4U);
  EXPECT_EQ(events[0].name, "start");
  const int prompt_tokens = events[0].data["prompt_tokens"];
  std::vector<int> processed;
  for (std::size_t i = 1; i < events.size() && events[i].name == "progress"; ++i) {
    EXPECT_EQ(events[i].data["total"], prompt_tokens);
    processed.push_back(events[i].data["processed"]);
  }
  ASSERT_GE(processed.size(), 2U);
  EXPECT_EQ(processed[0], 32);
  EXPECT_EQ(processed[1], 64);
  EXPECT_EQ(processed.back(), prompt_tokens);
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const SseEvent& event) { return event.name == "progress"; }),
            static_cast<std::ptrdiff_t>(processed.size()));
}

TEST_F(EditTest, StreamsWhereTheClientAcceptsEventsUnlessTheFieldSaysOtherwise) {
  script_edit(kNewFile);
  start();
  const HeaderList accept = {{"accept", "text/html, text/event-stream;q=0.9"}};
  EXPECT_EQ(begin("/v1/edit", edit_body(), accept)->wait().content_type, "text/event-stream");
  EXPECT_EQ(begin("/v1/edit", edit_body(R"(, "stream": false)"), accept)->wait().content_type,
            "application/json");
  EXPECT_EQ(begin("/v1/edit", edit_body(R"(, "stream": true)"))->wait().content_type,
            "text/event-stream");
  EXPECT_EQ(begin("/v1/edit", edit_body())->wait().content_type, "application/json");
}

TEST_F(EditTest, KeepsTheEditAppliesItOnceAndTakesItBack) {
  script_edit(kNewFile);
  start();
  const JsonIn edit = post_ok("/v1/edit", edit_body());
  const std::string id = edit["id"];
  const JsonIn list = get_ok("/v1/edits");
  ASSERT_EQ(list["edits"].size(), 1U);
  EXPECT_EQ(list["edits"][0]["state"], "proposed");
  const JsonIn record = get_ok("/v1/edits/" + id);
  EXPECT_EQ(record["patch"], kPatch);
  EXPECT_EQ(record["instruction"], "make b three");
  EXPECT_EQ(record["new_sha256"], base::sha256_hex(kNewFile));

  const JsonIn applied = post_ok("/v1/edits/" + id + "/apply", "");
  EXPECT_EQ(applied["state"], "applied");
  EXPECT_EQ(applied["hash"], base::sha256_hex(kNewFile));
  EXPECT_EQ(folder_.read("root/main.py"), kNewFile);
  expect_error(post("/v1/edits/" + id + "/apply", ""), 409, "conflict");

  EXPECT_EQ(post_ok("/v1/edits/" + id + "/revert", "{}")["state"], "reverted");
  EXPECT_EQ(folder_.read("root/main.py"), kOldFile);
  expect_error(post("/v1/edits/" + id + "/revert", ""), 409, "conflict");
}

TEST_F(EditTest, RefusesToApplyWhenTheFileHasChanged) {
  script_edit(kNewFile);
  start();
  const std::string id = post_ok("/v1/edit", edit_body())["id"];
  folder_.write("root/main.py", "a = 9\n");
  expect_error(post("/v1/edits/" + id + "/apply", ""), 409, "file_changed");
  EXPECT_EQ(folder_.read("root/main.py"), "a = 9\n");
}

TEST_F(EditTest, MergesWithWhatChangedWhereAsked) {
  script_edit("a = 1\nb = 2\nc = 3\nd = 5\n");
  start();
  folder_.write("root/main.py", "a = 1\nb = 2\nc = 3\nd = 4\n");
  const std::string id = post_ok("/v1/edit", edit_body())["id"];
  folder_.write("root/main.py", "a = 0\nb = 2\nc = 3\nd = 4\n");
  expect_error(post("/v1/edits/" + id + "/apply", "{}"), 409, "file_changed");
  expect_error(post("/v1/edits/" + id + "/apply", R"({"merge": 1})"), 400, "invalid_request");
  post_ok("/v1/edits/" + id + "/apply", R"({"merge": true})");
  EXPECT_EQ(folder_.read("root/main.py"), "a = 0\nb = 2\nc = 3\nd = 5\n");
}

TEST_F(EditTest, AnApplyThatIsSentAgainUnderItsKeyIsAnsweredAgain) {
  script_edit(kNewFile);
  start();
  const std::string id = post_ok("/v1/edit", edit_body())["id"];
  const std::string path = "/v1/edits/" + id + "/apply";
  const HeaderList key = {{"Idempotency-Key", "8e03978e-40d5"}};
  const HttpResponse first = begin(path, "{}", key)->wait();
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(begin(path, "{}", key)->wait().body, first.body);
  expect_error(begin(path, R"({"merge": true})", key)->wait(), 409, "conflict");
  expect_error(post(path, "{}"), 409, "conflict");
  for (const std::string& bad : {std::string("a b"), std::string(256, 'a'), std::string("\xff")}) {
    expect_error(begin(path, "{}", {{"Idempotency-Key", bad}})->wait(), 400, "invalid_request");
  }
}

TEST_F(EditTest, ListsItsEditsInPages) {
  script_edit(kNewFile);
  start();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.insert(ids.begin(), post_ok("/v1/edit", edit_body())["id"]);
  std::vector<std::string> found;
  std::string query = "limit=2";
  for (int page = 0; page < 3; ++page) {
    const JsonIn answer = get_ok("/v1/edits", query);
    for (const JsonIn& edit : answer["edits"]) found.push_back(edit["id"]);
    if (answer["next"].is_null()) break;
    query = "limit=2&before=" + answer["next"].get<std::string>();
  }
  EXPECT_EQ(found, ids);
  EXPECT_TRUE(get_ok("/v1/edits", "before=ed_none")["edits"].empty());
  expect_error(get("/v1/edits", "limit=0"), 400, "invalid_request");
}

TEST_F(EditTest, DoesNotKnowEditsThatAreNotThere) {
  start();
  for (const char* id : {"ed_aaaaaaaaaaaaaaaaaaaa", "..", "%2e", "a.b", "\xff", "a b"}) {
    expect_error(get(std::string("/v1/edits/") + id), 404, "not_found");
    expect_error(post(std::string("/v1/edits/") + id + "/apply", ""), 404, "not_found");
    expect_error(post(std::string("/v1/edits/") + id + "/revert", ""), 404, "not_found");
  }
  expect_error(get("/v1/edits/" + std::string(5000, 'a')), 404, "not_found");
}

TEST_F(EditTest, GivesWhatFailsBeforeItBeganItsOwnStatusAlsoInAStream) {
  start();
  folder_.write("root/image.bin", std::string("\x89PNG\0\0", 6));
  folder_.link("root/away", "/etc/passwd");
  const auto both = [&](const std::string& file, int status, const std::string& code) {
    for (const char* mode : {"true", "false"}) {
      const std::string body =
          R"({"instruction": "x", "file": ")" + file + R"(", "stream": )" + mode + "}";
      expect_error(post("/v1/edit", body), status, code);
    }
  };
  both("none.py", 404, "not_found");
  both("../main.py", 403, "path_outside_root");
  both("/etc/passwd", 403, "path_outside_root");
  both("away", 403, "path_outside_root");
  both("image.bin", 422, "unsupported_file");
}

TEST_F(EditTest, RefusesAFileThatCannotFitTheContext) {
  start();
  folder_.write("root/large.py", std::string(3 * kContext, 'x') + "\n");
  expect_error(post("/v1/edit", R"({"file": "large.py", "instruction": "x", "stream": true})"), 413,
               "context_exceeded");
}

TEST_F(EditTest, SaysWhatTheModelWroteWhenThatIsNoEdit) {
  const std::string prose = "Here is the code:\na = 1\nb = 3\n";
  script_edit(prose);
  start();
  const JsonIn error = expect_error(post("/v1/edit", edit_body()), 422, "no_valid_edit");
  const std::string attempt = error["detail"]["attempts"][0]["text"];
  EXPECT_NE(attempt.find("Here is the code"), std::string::npos);
  EXPECT_EQ(error["detail"]["attempts"][0]["attempt"], 1);
  EXPECT_EQ(error["detail"]["attempts"][0]["reason"], error["message"]);

  const auto events = stream("/v1/edit", edit_body(R"(, "stream": true)"));
  EXPECT_EQ(events.front().name, "start");
  EXPECT_EQ(events.back().name, "error");
  EXPECT_EQ(fault(events.back().data, "EditEvent_error"), "") << events.back().data;
  EXPECT_EQ(events.back().data["status"], 422);
  EXPECT_EQ(events.back().data["code"], "no_valid_edit");
  EXPECT_EQ(events.back().data["detail"]["attempts"][0]["text"], attempt);
  EXPECT_EQ(folder_.read("root/main.py"), kOldFile);
}

TEST_F(EditTest, AnswersAnEditThatChangesNothing) {
  script_edit(kOldFile);
  start();
  const JsonIn body = post_ok("/v1/edit", edit_body());
  EXPECT_EQ(body["finish_reason"], "no_change");
  EXPECT_EQ(body["diff"]["patch"], "");
  EXPECT_TRUE(body["applied"].is_null());
}

TEST_F(EditTest, RefusesFieldsOfTheWrongKindByTheirPath) {
  start();
  const auto refused = [&](const std::string& body, const std::string& param) {
    const JsonIn error = expect_error(post("/v1/edit", body), 400, "invalid_request");
    EXPECT_EQ(error["param"], param) << body;
    return error["message"].get<std::string>();
  };
  refused(R"({"file": "main.py"})", "instruction");
  refused(R"({"instruction": "x"})", "file");
  refused(R"({"instruction": "x", "file": ""})", "file");
  refused(R"({"instruction": "", "file": "main.py"})", "instruction");
  refused(R"({"instruction": " \n\t ", "file": "main.py"})", "instruction");
  refused(R"({"instruction": null, "file": "main.py"})", "instruction");
  EXPECT_EQ(refused(edit_body(R"(, "selection": {"start_line": "3", "end_line": 4})"),
                    "selection.start_line"),
            "selection.start_line: expected an integer >= 1, got string");
  refused(edit_body(R"(, "selection": {"start_line": 0, "end_line": 4})"), "selection.start_line");
  refused(edit_body(R"(, "selection": {"start_line": 2})"), "selection.end_line");
  refused(edit_body(R"(, "selection": {"start_line": 2, "end_line": 1})"), "selection.end_line");
  refused(edit_body(R"(, "selection": [1, 2])"), "selection");
  refused(edit_body(R"(, "content": 5)"), "content");
  refused(edit_body(R"(, "stream": "yes")"), "stream");
  refused(edit_body(R"(, "apply": 1)"), "apply");
  EXPECT_EQ(refused(edit_body(R"(, "protocol": "magic")"), "protocol"),
            "protocol: expected one of rewrite, search_replace, script, fim, whole, found another");
  refused(edit_body(R"(, "protocol": 1)"), "protocol");
  EXPECT_NE(refused(edit_body(R"(, "protocol": "script")"), "protocol").find("<DEL>"),
            std::string::npos);  // this model has no such tokens
  refused(edit_body(R"(, "protocol": "fim")"), "selection");
  refused(edit_body(R"(, "protocol": "fim", "cursor": {"column": 1})"), "cursor.line");
  refused(edit_body(R"(, "protocol": "fim", "cursor": {"line": 100})"), "cursor.line");
  refused(edit_body(R"(, "cursor": {"line": 100})"), "cursor");
  refused(edit_body(R"(, "protocol": "whole", "selection": {"start_line": 1, "end_line": 1})"),
          "selection");
  refused(edit_body(R"(, "candidates": 17)"), "candidates");
  refused(edit_body(R"(, "retries": 5)"), "retries");
  refused(edit_body(R"(, "base_sha256": "xyz")"), "base_sha256");
  refused(edit_body(R"(, "stop": [1])"), "stop[0]");
  refused(edit_body(R"(, "files": {})"), "files");
  refused(edit_body(R"(, "files": [])"), "files");
  refused(edit_body(R"(, "files": [{}])"), "files[0].file");
  refused(edit_body(R"(, "files": [{"file": "main.py"}])"), "files");  // beside file
  refused(edit_body(R"(, "prediction": "text")"), "prediction");
  refused(edit_body(R"(, "prediction": {"type": "content"})"), "prediction.content");
  refused(edit_body(R"(, "prediction": {"type": "diff", "content": ""})"), "prediction.type");
  expect_error(post("/v1/edit", "{\"file\": \"\xff\"}"), 400, "invalid_json");
  expect_error(post("/v1/edit", ""), 400, "invalid_json");
}

TEST_F(EditTest, IsComputedWithTheAdapterThatItNames) {
  std::atomic<int> adapter = -2;
  model_ = model_with_adapters(1);
  adapters_ = {{.name = "style", .task = ""}};
  model_->on_forward([&](const model::Batch& batch) {
    adapter = batch.adapters.front();
    return base::Result<>();
  });
  script_edit(kNewFile);
  start();
  post_ok("/v1/edit", edit_body(R"(, "lora": "style")"));
  EXPECT_EQ(adapter, 0);
  post_ok("/v1/edit", edit_body(R"(, "lora": "none")"));
  EXPECT_EQ(adapter, model::kNoAdapter);
  const JsonIn error =
      expect_error(post("/v1/edit", edit_body(R"(, "lora": "other")")), 400, "invalid_request");
  EXPECT_EQ(error["param"], "lora");
}

TEST_F(EditTest, TakesTheAdapterThatIsMadeForEditsAndOtherRequestsDoNot) {
  std::atomic<int> adapter = -2;
  model_ = model_with_adapters(2);
  adapters_ = {{.name = "style", .task = "chat"}, {.name = "edits", .task = "edit"}};
  model_->on_forward([&](const model::Batch& batch) {
    adapter = batch.adapters.empty() ? model::kNoAdapter : batch.adapters.front();
    return base::Result<>();
  });
  script_edit(kNewFile);
  start();
  post_ok("/v1/edit", edit_body());
  EXPECT_EQ(adapter, 1);
  post_ok("/v1/completions", R"({"prompt": "ab", "max_tokens": 1})");
  EXPECT_EQ(adapter, model::kNoAdapter);
  post_ok("/v1/warm", R"({"file": "main.py", "session": "other"})");
  EXPECT_EQ(adapter, 1);
}

TEST_F(EditTest, APredictionThatIsRightIsCountedAsAccepted) {
  script_edit(kNewFile);
  start();
  JsonIn prediction;
  prediction["type"] = "content";
  prediction["content"] = kNewFile;
  const JsonIn body = post_ok("/v1/edit", edit_body(", \"prediction\": " + prediction.dump()));
  const JsonIn& details = body["usage"]["completion_tokens_details"];
  EXPECT_GT(details["accepted_prediction_tokens"], 10);
  EXPECT_EQ(details["accepted_prediction_tokens"], body["timings"]["accepted_tokens"]);
  EXPECT_LE(details["rejected_prediction_tokens"], 1);  // the answer ends before the guesses
  EXPECT_GT(body["timings"]["multiple"], 0);
}

TEST_F(EditTest, WithoutAPredictionTheOldTextIsGuessedAndNotCountedAsOne) {
  script_edit(kNewFile);
  start();
  const JsonIn body = post_ok("/v1/edit", edit_body());
  EXPECT_GT(body["timings"]["accepted_tokens"], 0);
  EXPECT_EQ(body["usage"]["completion_tokens_details"]["accepted_prediction_tokens"], 0);
}

TEST_F(EditTest, AcceptsWhatChangesNothingInFieldsOfLaterVersions) {
  script_edit(kNewFile);
  start();
  post_ok("/v1/edit", edit_body(R"(, "candidates": 1, "protocol": "rewrite", "lora": null,
                                   "explain": false, "merge": false, "selection": null,
                                   "something": {"else": [1]})"));
}

TEST_F(EditTest, AClientThatGoesCancelsItsEdit) {
  // As slow as a real one, or it would be at its end before the edit's own thread had run again.
  constexpr std::chrono::milliseconds kPass{1};
  script_edit(std::string(2500, 'x'));
  std::promise<void> reached;
  int passes = 0;
  model_->on_forward([&](const model::Batch&) -> base::Result<> {
    if (++passes == 1) reached.set_value();
    std::this_thread::sleep_for(kPass);
    return {};
  });
  start();
  // Nothing is written that could fail: only the news that the client has gone can end it.
  auto responder = begin("/v1/edit", edit_body(R"(, "max_tokens": 3000)"));
  reached.get_future().wait();
  responder->go_away();
  expect_error(responder->wait(), 503, "cancelled");
}

TEST_F(EditTest, AClientThatDoesNotReadItsStreamCancelsItsEdit) {
  constexpr std::chrono::milliseconds kPass{1};
  script_edit(std::string(2500, 'x'));
  model_->on_forward([&](const model::Batch&) -> base::Result<> {
    std::this_thread::sleep_for(kPass);
    return {};
  });
  start();
  auto responder = std::make_shared<FakeResponder>();
  responder->refuse_writes_after(1);
  service_->handle({.method = "POST",
                    .path = "/v1/edit",
                    .body = edit_body(R"(, "stream": true, "max_tokens": 3000)")},
                   responder);
  const auto events = parse_sse(responder->wait().body);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().name, "error");
  EXPECT_EQ(events.back().data["code"], "cancelled");
}

TEST(EditRecords, TakesForAnIdOnlyWhatAStoreCouldHaveGiven) {
  EXPECT_TRUE(is_edit_id("ed_ab12AB"));
  for (const std::string id : {"", "..", "a.b", "a/b", "a b", "\xff", "ed-1"}) {
    EXPECT_FALSE(is_edit_id(id)) << id;
  }
  EXPECT_FALSE(is_edit_id(std::string(65, 'a')));
}

TEST_F(EditTest, ShowsAPatchThatIsNotUtf8AndGivesItExactlyToo) {
  script_edit("# caf\u00e9\nb = 3\n");
  start();
  folder_.write("root/latin.py", "# caf\xe9\nb = 2\n");
  const JsonIn body = post_ok("/v1/edit", R"({"file": "latin.py", "instruction": "make b three",
                              "temperature": 0})");
  EXPECT_EQ(body["diff"]["patch"],
            "--- a/latin.py\n+++ b/latin.py\n@@ -1,2 +1,2 @@\n # caf\uFFFD\n-b = 2\n+b = 3\n");
  const std::string exact =
      "--- a/latin.py\n+++ b/latin.py\n@@ -1,2 +1,2 @@\n # caf\xe9\n"
      "-b = 2\n+b = 3\n";
  EXPECT_EQ(body["diff"]["patch_b64"], base64(exact));
  EXPECT_EQ(get_ok("/v1/edits/" + body["id"].get<std::string>())["patch_b64"], base64(exact));
}

TEST_F(EditTest, ExplainsItsContextWhereAsked) {
  script_edit("a = 2\n");
  start();
  const JsonIn answer =
      post_ok("/v1/edit", R"({"file": "main.py", "instruction": "x", "selection": {"start_line": 1,
                      "end_line": 1}, "explain": true, "context": {"budget": 100}})");
  EXPECT_EQ(answer["context"]["explained"][0]["why"], "outline");
  EXPECT_EQ(answer["context"]["used"][0], "main.py: lines 1 to 2, outline");
}

}  // namespace
}  // namespace cromwell::api
