// One connection's life: answers in order, streams, the client's departure.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

using std::chrono::milliseconds;

const api::HttpResponse kEventStream{.content_type = "text/event-stream"};

class ConnectionTest : public ServerTest {
 protected:
  // A client whose request waits for an answer, and the responder for it.
  void hold(std::string_view request = kHold) {
    start();
    client_.emplace(port());
    client_->send(request);
    responder_ = toy_->next_held();
  }

  std::optional<RawClient> client_;
  std::shared_ptr<api::Responder> responder_;
};

TEST_F(ConnectionTest, IsKeptForTheNextRequest) {
  start();
  RawClient client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    const std::string bytes = client.read_until("/ok");
    EXPECT_EQ(only_status(split_responses(bytes)), 200);
    EXPECT_EQ(bytes.find("Connection: close"), std::string::npos);
  }
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(ConnectionTest, PipelinedRequestsAreAnsweredInOrder) {
  hold(std::string(kHold) + std::string(kGet) + std::string(kGetAndClose));
  responder_->send({.body = "first"});
  const auto responses = split_responses(client_->read_to_end());
  ASSERT_EQ(responses.size(), 3U);
  EXPECT_EQ(responses[0].body, "first");
  EXPECT_EQ(responses[1].body, "/ok");
  EXPECT_EQ(responses[2].body, "/ok");
}

TEST_F(ConnectionTest, ClosesAfterHttp10) {
  start();
  const auto responses = exchange(port(), "GET /ok HTTP/1.0\r\nHost: localhost\r\n\r\n");
  ASSERT_EQ(only_status(responses), 200);
  EXPECT_NE(responses.front().head.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(ConnectionTest, HeadHasTheLengthOfGetAndNoBody) {
  start();
  RawClient client = connect();
  client.send("HEAD /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string bytes = client.read_to_end();
  EXPECT_NE(bytes.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
  EXPECT_EQ(toy_->seen().front().method, "GET");
  EXPECT_TRUE(toy_->seen().front().head_only);
}

TEST_F(ConnectionTest, HeadOfAStreamEndsTheWorkBehindIt) {
  hold("HEAD /hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  responder_->begin_stream(kEventStream);
  EXPECT_TRUE(gone.wait());
  EXPECT_FALSE(responder_->write("data: 1\n\n"));
  EXPECT_TRUE(client_->read_to_end().ends_with("\r\n\r\n"));
}

TEST_F(ConnectionTest, SaysContinueBeforeItReadsTheBody) {
  start();
  RawClient client = connect();
  client.send(
      "POST /ok HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 200);
}

TEST_F(ConnectionTest, DoesNotSayContinueToARequestItRefuses) {
  start();
  RawClient client = connect();
  client.send(
      "POST /v1/edit HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 415);
}

TEST_F(ConnectionTest, HandlerGetsTheRequestTakenApart) {
  start();
  exchange(port(),
           "POST /v1/a%20b?x=%20y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n");
  ASSERT_EQ(toy_->seen().size(), 1U);
  const api::HttpRequest request = toy_->seen().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v1/a b");
  EXPECT_EQ(request.query, "x=%20y");
  EXPECT_EQ(request.body, "{\"a\":1}");
  EXPECT_EQ(request.request_id.size(), 16U);
}

TEST_F(ConnectionTest, StreamIsFlushedWriteByWrite) {
  hold();
  responder_->begin_stream(kEventStream);
  const std::string head = client_->read_until("\r\n\r\n");
  for (const char* field : {"Transfer-Encoding: chunked\r\n", "Cache-Control: no-store\r\n",
                            "X-Accel-Buffering: no\r\n", "Content-Type: text/event-stream\r\n"}) {
    EXPECT_NE(head.find(field), std::string::npos) << field;
  }
  for (const char* event : {"data: 1\n\n", "data: 2\n\n"}) {
    EXPECT_TRUE(responder_->write(event));
    EXPECT_EQ(client_->read_until("\n\n\r\n"), "9\r\n" + std::string(event) + "\r\n");
  }
  responder_->end_stream();
  EXPECT_EQ(client_->read_until("\r\n\r\n"), "0\r\n\r\n");
  client_->send(kGetAndClose);
  EXPECT_EQ(only_status(split_responses(client_->read_to_end())), 200);
}

TEST_F(ConnectionTest, AnEmptyWriteDoesNotEndTheStream) {
  hold();
  responder_->begin_stream(kEventStream);
  responder_->write("");
  responder_->write("data: 1\n\n");
  responder_->end_stream();
  EXPECT_TRUE(client_->read_until("\r\n0\r\n\r\n").ends_with("9\r\ndata: 1\n\n\r\n0\r\n\r\n"));
}

TEST_F(ConnectionTest, StreamToHttp10EndsWithTheConnection) {
  hold("GET /hold HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  responder_->begin_stream(kEventStream);
  responder_->write("data: 1\n\n");
  responder_->end_stream();
  const std::string bytes = client_->read_to_end();
  EXPECT_EQ(bytes.find("chunked"), std::string::npos);
  EXPECT_NE(bytes.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\ndata: 1\n\n"));
}

TEST_F(ConnectionTest, ASilentStreamHasComments) {
  options_.limits.keep_alive_comment = milliseconds(20);
  hold();
  responder_->begin_stream(kEventStream);
  EXPECT_NE(client_->read_until(": keep-alive\n\n\r\n"), "");
  EXPECT_NE(client_->read_until(": keep-alive\n\n\r\n"), "");
}

TEST_F(ConnectionTest, NoCommentStandsWithinAnEventOrAnotherKindOfStream) {
  options_.limits.keep_alive_comment = milliseconds(20);
  hold();
  responder_->begin_stream(kEventStream);
  responder_->write("data: ");
  RawClient other = connect();
  other.send(kHold);
  const auto plain = toy_->next_held();
  plain->begin_stream({.content_type = "text/plain"});
  RawClient clock = connect();  // whose comment shows that the interval has passed twice
  clock.send(kHold);
  const auto ticking = toy_->next_held();
  ticking->begin_stream(kEventStream);
  clock.read_until(": keep-alive\n\n\r\n");
  clock.read_until(": keep-alive\n\n\r\n");
  responder_->write("1\n\n");
  responder_->end_stream();
  plain->end_stream();
  EXPECT_NE(client_->read_until("\r\n0\r\n\r\n").find("data: \r\n3\r\n1\n\n"), std::string::npos);
  EXPECT_EQ(other.read_until("\r\n0\r\n\r\n").find(": keep-alive"), std::string::npos);
}

TEST_F(ConnectionTest, DepartureIsReportedWhileNothingIsWritten) {
  hold();
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  client_->close();
  EXPECT_TRUE(gone.wait());
  EXPECT_TRUE(wait_for_connections(0));
  EXPECT_FALSE(responder_->write("x"));
}

TEST_F(ConnectionTest, DepartureOfAStreamsClientIsReported) {
  hold();
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  responder_->begin_stream(kEventStream);
  client_->read_until("\r\n\r\n");
  client_->reset();
  EXPECT_TRUE(gone.wait());
  EXPECT_FALSE(responder_->write("data: 1\n\n"));
}

TEST_F(ConnectionTest, EndOfSendingCountsAsDeparture) {
  hold();
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  client_->finish_sending();
  EXPECT_TRUE(gone.wait());
}

TEST_F(ConnectionTest, ARequestFollowedByItsEndIsAnsweredWhereTheAnswerIsReady) {
  start();
  RawClient client = connect();
  client.send(kGet);
  client.finish_sending();
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 200);
}

TEST_F(ConnectionTest, WhoAsksAfterTheDepartureHearsAtOnce) {
  hold();
  client_->close();
  ASSERT_TRUE(wait_for_connections(0));
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  EXPECT_TRUE(gone.is_set());
}

TEST_F(ConnectionTest, NoDepartureIsReportedAfterTheAnswer) {
  hold();
  Event gone;
  responder_->on_gone([&] { gone.set(); });
  responder_->send({.body = "x"});
  client_->read_until("\r\n\r\nx");
  client_->close();
  ASSERT_TRUE(wait_for_connections(0));
  EXPECT_FALSE(gone.is_set());
}

TEST_F(ConnectionTest, ABodyThatManyAnswersShareStandsBetweenItsHeadAndTheNextAnswer) {
  const std::string kNext = "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  hold("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n" + kNext);
  const auto body = std::make_shared<const std::string>(std::string(1U << 20, 'b'));
  responder_->send({.shared_body = body});
  const auto responses = split_responses(client_->read_to_end());
  ASSERT_EQ(responses.size(), 2U);
  EXPECT_EQ(responses[0].body, *body);
  EXPECT_EQ(responses[1].body, "/ok");
}

TEST_F(ConnectionTest, HeadOfASharedBodyHasItsLengthAlone) {
  hold("HEAD /hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  responder_->send({.shared_body = std::make_shared<const std::string>("abc")});
  const std::string bytes = client_->read_to_end();
  EXPECT_NE(bytes.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
}

TEST_F(ConnectionTest, AResponderThatIsDroppedMeans500) {
  hold();
  responder_.reset();
  EXPECT_EQ(only_status(split_responses(client_->read_until("}\n"))), 500);
}

TEST_F(ConnectionTest, AStreamThatIsDroppedIsCutShort) {
  hold();
  responder_->begin_stream(kEventStream);
  responder_->write("data: 1\n\n");
  client_->read_until("data: 1\n\n\r\n");
  responder_.reset();
  EXPECT_EQ(client_->read_to_end(), "");
}

TEST_F(ConnectionTest, AnswersOfManyThreadsAreWhole) {
  options_.io_threads = 2;
  start();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 50; ++i) {
        RawClient client = connect();
        client.send("POST /" + std::to_string(t) +
                    " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Connection: close\r\nContent-Length: 20000\r\n\r\n" +
                    std::string(20000, static_cast<char>('a' + t)));
        const auto responses = split_responses(client.read_to_end());
        ASSERT_EQ(only_status(responses), 200);
        EXPECT_EQ(responses.front().body, std::string(20000, static_cast<char>('a' + t)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ConnectionTest, AStreamWrittenByAnotherThreadArrivesWhole) {
  hold();
  std::thread writer([this] {
    responder_->begin_stream(kEventStream);
    for (int i = 0; i < 5000; ++i) responder_->write("data: " + std::to_string(i) + "\n\n");
    responder_->end_stream();
  });
  const std::string bytes = client_->read_until("\r\n0\r\n\r\n");
  writer.join();
  std::size_t at = 0;
  for (int i = 0; i < 5000; ++i) {
    at = bytes.find("data: " + std::to_string(i) + "\n\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

}  // namespace
}  // namespace cromwell::server
