// POST /v1/edit with "resumable", GET /v1/edits/{id}/events and POST /v1/edits/{id}/cancel.
#include <chrono>
#include <thread>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

constexpr std::chrono::milliseconds kPass{1};  // of a model that is slow enough to be left

class ResumeTest : public ServiceTest {
 protected:
  // `mode`: in what form the answer comes.
  static std::string body(const std::string& mode = R"("stream": true, "resumable": true)") {
    return R"({"file": "main.py", "instruction": "make b three", "temperature": 0,
               "max_tokens": 3000, )" +
           mode + "}";
  }
  void slow_script(const std::string& answer) {
    script_edit(answer);
    model_->on_forward([](const model::Batch&) -> base::Result<> {
      std::this_thread::sleep_for(kPass);
      return {};
    });
  }
  std::shared_ptr<FakeResponder> resume(const std::string& id, const std::string& last) {
    HttpRequest request{.method = "GET", .path = "/v1/edits/" + id + "/events"};
    if (!last.empty()) request.headers = {{"Last-Event-ID", last}};
    return send(std::move(request));
  }
};

TEST_F(ResumeTest, NumbersEveryEventAndOnlyWhereAsked) {
  script_edit("a = 1\nb = 3\n");
  start();
  int number = 0;
  for (const SseEvent& event : stream("/v1/edit", body())) {
    EXPECT_EQ(event.id, std::to_string(++number));
  }
  EXPECT_GT(number, 3);
  for (const SseEvent& event : stream("/v1/edit", body(R"("stream": true)"))) {
    EXPECT_EQ(event.id, "");
  }
}

TEST_F(ResumeTest, AnEditGoesOnWithoutItsClientWhichHasTheRestLater) {
  slow_script(std::string(400, 'x'));
  stream_limits_.patience = std::chrono::hours(1);
  start();
  const auto first = begin("/v1/edit", body());
  first->wait_for_writes(5);
  first->go_away();
  const auto seen = parse_sse(first->so_far().body);
  const std::string id = seen.front().data["id"];

  const auto second = resume(id, seen[1].id);
  const auto rest = parse_sse(second->wait().body);
  EXPECT_EQ(second->wait().content_type, "text/event-stream");
  EXPECT_EQ(rest.front().id, "3");
  EXPECT_EQ(rest.front().name, seen[2].name);
  EXPECT_EQ(rest.front().data, seen[2].data);
  EXPECT_NE(rest.back().data.value("code", ""), "cancelled");
  for (std::size_t i = 1; i < rest.size(); ++i) {
    EXPECT_EQ(std::stoi(rest[i].id), std::stoi(rest[i - 1].id) + 1);
  }
  // All of it again, as long as it is kept.
  EXPECT_EQ(parse_sse(resume(id, "")->wait().body).size(), rest.size() + 2);
}

TEST_F(ResumeTest, AnEditWhoseClientStaysAwayIsCancelled) {
  slow_script(std::string(2500, 'x'));
  stream_limits_.patience = std::chrono::milliseconds(0);
  start();
  const auto left = begin("/v1/edit", body());
  left->wait_for_writes(1);
  left->go_away();
  const std::string id = parse_sse(left->so_far().body).front().data["id"];
  while (engine_->metrics().counters.cancelled == 0) std::this_thread::yield();
  expect_error(resume(id, "")->wait(), 404, "not_found");
}

TEST_F(ResumeTest, CancelEndsIt) {
  slow_script(std::string(2500, 'x'));
  start();
  const auto responder = begin("/v1/edit", body());
  responder->wait_for_writes(1);
  const std::string id = parse_sse(responder->so_far().body).front().data["id"];
  EXPECT_EQ(post_ok("/v1/edits/" + id + "/cancel", "{}")["cancelled"], true);
  const auto events = parse_sse(responder->wait().body);
  EXPECT_EQ(events.back().data["code"], "cancelled");
  expect_error(post("/v1/edits/ed_none/cancel", "{}"), 404, "not_found");
}

TEST_F(ResumeTest, CancelSaysThatAnEditHadEnded) {
  script_edit("a = 1\nb = 3\n");
  start();
  const std::string id = stream("/v1/edit", body()).front().data["id"];
  // Its reader may have the last event a moment before the keeper knows.
  while (post_ok("/v1/edits/" + id + "/cancel", "{}")["cancelled"]) std::this_thread::yield();
}

TEST_F(ResumeTest, RefusesWhatIsNoNumberOfAnEvent) {
  script_edit("a = 1\nb = 3\n");
  start();
  const std::string id = stream("/v1/edit", body()).front().data["id"];
  for (const char* bad : {"x", "-1", "1x", "99999999999999999999", "1000"}) {
    EXPECT_EQ(expect_error(resume(id, bad)->wait(), 400, "invalid_request")["param"],
              "Last-Event-ID");
  }
  expect_error(resume("ed_none", "")->wait(), 404, "not_found");
  EXPECT_EQ(resume(id, "0")->wait().status, 200);
}

TEST_F(ResumeTest, HeadTakesNobodysPlace) {
  slow_script(std::string(400, 'x'));
  start();
  const auto reader = begin("/v1/edit", body());
  reader->wait_for_writes(2);
  const std::string id = parse_sse(reader->so_far().body).front().data["id"];
  const auto head = [&](const std::string& of, const std::string& last) {
    return send({.method = "GET",
                 .head_only = true,
                 .path = "/v1/edits/" + of + "/events",
                 .headers = {{"Last-Event-ID", last}}})
        ->wait();
  };
  EXPECT_EQ(head(id, "1").status, 200);
  EXPECT_EQ(head(id, "1").content_type, "text/event-stream");
  expect_error(head(id, "100000"), 400, "invalid_request");
  expect_error(head("ed_none", "1"), 404, "not_found");
  const auto events = parse_sse(reader->wait().body);
  EXPECT_TRUE(events.back().name == "done" || events.back().name == "error");
}

TEST_F(ResumeTest, AnAnswerInOnePieceIsNotKept) {
  script_edit("a = 1\nb = 3\n");
  start();
  const std::string id = post_ok("/v1/edit", body(R"("resumable": true)"))["id"];
  expect_error(resume(id, "")->wait(), 404, "not_found");
}

}  // namespace
}  // namespace cromwell::api
