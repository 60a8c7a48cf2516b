// Each limit of server/limits.h, hit.
#include "server/limits.h"

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

using std::chrono::milliseconds;

const std::string kPostHead =
    "POST /ok HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

std::string get_with(const std::string& fields) {
  return "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n";
}

class LimitsTest : public ServerTest {};

TEST_F(LimitsTest, HeaderBytes) {
  start();
  const std::string frame = get_with("A: \r\n");
  const std::size_t room = options_.limits.header_bytes - frame.size();
  EXPECT_EQ(only_status(exchange(port(), get_with("A: " + std::string(room, 'b') + "\r\n"))), 200);
  EXPECT_EQ(only_status(exchange(port(), get_with("A: " + std::string(room + 1, 'b') + "\r\n"))),
            431);
}

TEST_F(LimitsTest, HeaderFields) {
  start();
  std::string fields;
  for (std::size_t i = 2; i < options_.limits.header_fields; ++i) fields += "A: b\r\n";
  EXPECT_EQ(only_status(exchange(port(), get_with(fields))), 200);
  EXPECT_EQ(only_status(exchange(port(), get_with(fields + "A: b\r\n"))), 431);
}

TEST_F(LimitsTest, AMegabyteOfFieldsGetsAClean431) {
  start();
  std::string fields;
  for (int i = 0; i < 10'000; ++i)
    fields += "X-" + std::to_string(i) + ": " + std::string(90, 'v') + "\r\n";
  const auto responses = exchange(port(), get_with(fields));
  EXPECT_EQ(only_status(responses), 431);
}

TEST_F(LimitsTest, TargetBytes) {
  start();
  const auto get = [](std::size_t bytes) {
    return "GET /" + std::string(bytes - 1, 'a') +
           " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  };
  EXPECT_EQ(only_status(exchange(port(), get(options_.limits.target_bytes))), 200);
  EXPECT_EQ(only_status(exchange(port(), get(options_.limits.target_bytes + 1))), 414);
}

TEST_F(LimitsTest, BodyBytesByLength) {
  start();
  const std::string body(options_.limits.body_bytes, ' ');
  const auto post = [](const std::string& bytes) {
    return kPostHead + "Connection: close\r\nContent-Length: " + std::to_string(bytes.size()) +
           "\r\n\r\n" + bytes;
  };
  const auto whole = exchange(port(), post(body));
  ASSERT_EQ(only_status(whole), 200);
  EXPECT_EQ(whole.front().body.size(), body.size());
  EXPECT_EQ(only_status(exchange(port(), post(body + " "))), 413);
}

TEST_F(LimitsTest, BodyBytesInChunks) {
  options_.limits.body_bytes = 100;
  start();
  const std::string head = kPostHead + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string fifty = "32\r\n" + std::string(50, 'x') + "\r\n";
  EXPECT_EQ(only_status(exchange(port(), head + fifty + fifty + "0\r\n\r\n")), 200);
  EXPECT_EQ(only_status(exchange(port(), head + fifty + fifty + "1\r\nx\r\n0\r\n\r\n")), 413);
}

TEST_F(LimitsTest, TooLargeABodyIsAnsweredBeforeItIsSent) {
  start();
  RawClient client = connect();
  client.send(kPostHead + "Content-Length: 8388609\r\n\r\n");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 413);
}

TEST_F(LimitsTest, ChunksAndTheirExtensions) {
  options_.limits.chunks = 3;
  options_.limits.chunk_extension_bytes = 4;
  start();
  const std::string head = kPostHead + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "1\r\nx\r\n";
  EXPECT_EQ(only_status(exchange(port(), head + chunk + chunk + "0\r\n\r\n")), 200);
  EXPECT_EQ(only_status(exchange(port(), head + chunk + chunk + chunk + "0\r\n\r\n")), 400);
  EXPECT_EQ(only_status(exchange(port(), head + "1;a=b\r\nx\r\n0\r\n\r\n")), 200);
  EXPECT_EQ(only_status(exchange(port(), head + "1;a=bc\r\nx\r\n0\r\n\r\n")), 400);
}

TEST_F(LimitsTest, ChunkOverheadBytes) {
  options_.limits.chunk_overhead_bytes = 100;
  start();
  RawClient client = connect();
  client.send(kPostHead + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(200, 'b'));
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 400);
}

TEST_F(LimitsTest, HeaderTime) {
  options_.limits.header_time = milliseconds(50);
  start();
  RawClient client = connect();
  client.send("GET /ok HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 408);
}

TEST_F(LimitsTest, HeaderTimeIsNotProlongedByOneByteAtATime) {
  options_.limits.header_time = milliseconds(100);
  start();
  RawClient client = connect();
  std::string arrived;
  for (const char c : get_with("A: " + std::string(10'000, 'b') + "\r\n")) {
    if (!client.send(std::string_view(&c, 1))) break;
    char byte = 0;
    const timeval tick{.tv_sec = 0, .tv_usec = 1000};
    setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    if (::recv(client.fd(), &byte, 1, 0) == 1) {
      arrived += byte;
      break;
    }
  }
  EXPECT_EQ(only_status(split_responses(arrived + client.read_to_end())), 408);
}

TEST_F(LimitsTest, BodyTime) {
  options_.limits.body_time = milliseconds(50);
  start();
  RawClient client = connect();
  client.send(kPostHead + "Content-Length: 10\r\n\r\n{");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 408);
  EXPECT_TRUE(toy_->seen().empty());
}

TEST_F(LimitsTest, IdleTimeClosesWithoutAWord) {
  options_.limits.idle_time = milliseconds(50);
  start();
  RawClient silent = connect();
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient kept = connect();
  kept.send(kGet);
  EXPECT_EQ(only_status(split_responses(kept.read_to_end())), 200);
}

TEST_F(LimitsTest, LingerTimeEndsARefusedConnectionThatItsClientKeeps) {
  options_.limits.linger_time = milliseconds(50);
  start();
  RawClient client = connect();
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 400);
  EXPECT_TRUE(wait_for_connections(0));
}

TEST_F(LimitsTest, WriteTimeEndsAnAnswerThatNobodyReads) {
  options_.limits.write_time = milliseconds(100);
  start();
  RawClient client = connect();
  client.send(kHold);
  Event gone;
  const auto responder = toy_->next_held();
  responder->on_gone([&] { gone.set(); });
  responder->send({.body = std::string(std::size_t{64} << 20, 'x')});
  EXPECT_TRUE(wait_for_connections(0));
  EXPECT_FALSE(gone.is_set()) << "the handler had given its whole answer";
}

TEST_F(LimitsTest, ReadAheadBytes) {
  start();
  RawClient client = connect();
  client.send(kHold);
  const auto responder = toy_->next_held();
  // Much more than is read ahead: the rest waits in the kernel, and all of it is answered in order.
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += kGet;
  client.send(many + std::string(kGetAndClose));
  responder->send({.body = "held"});
  const auto responses = split_responses(client.read_to_end());
  ASSERT_EQ(responses.size(), 2'002U);
  EXPECT_EQ(responses.front().body, "held");
  EXPECT_EQ(responses.back().body, "/ok");
}

TEST_F(LimitsTest, StreamBacklogCostsOnlyTheStreamThatIsNotRead) {
  options_.limits.stream_backlog_grace = milliseconds(50);
  options_.limits.stream_burst_bytes = std::size_t{256} << 20;
  start();
  RawClient lazy = connect();
  RawClient busy = connect();
  lazy.send(kHold);
  const auto unread = toy_->next_held();
  busy.send(kHold);
  const auto read = toy_->next_held();
  Event gone;
  unread->on_gone([&] { gone.set(); });
  unread->begin_stream({.content_type = "text/event-stream"});
  read->begin_stream({.content_type = "text/event-stream"});

  const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
  std::size_t written = 0;
  while (unread->write(event)) {
    written += event.size();
    ASSERT_TRUE(read->write("data: y\n\n"));
    ASSERT_NE(busy.read_until("data: y\n\n"), "");
  }
  EXPECT_TRUE(gone.wait());
  read->end_stream();
  EXPECT_NE(busy.read_until("\r\n0\r\n\r\n"), "");
  // The kernel's buffers of both ends, the backlog, and what came during the grace.
  EXPECT_LT(written, std::size_t{128} << 20);
}

TEST_F(LimitsTest, ABurstIsDeliveredToAClientThatReads) {
  start();
  RawClient client = connect();
  client.send(kHold);
  const auto responder = toy_->next_held();
  responder->begin_stream({.content_type = "text/event-stream"});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(responder->write(std::string(1000, 'x') + "\n\n"));
  responder->end_stream();
  EXPECT_GT(client.read_until("\r\n0\r\n\r\n").size(), 1'000'000U);
}

TEST_F(LimitsTest, StreamBurstBytes) {
  options_.limits.stream_burst_bytes = 100'000;
  start();
  RawClient client = connect();
  client.send(kHold);
  Event gone;
  const auto responder = toy_->next_held();
  responder->on_gone([&] { gone.set(); });
  responder->begin_stream({.content_type = "text/event-stream"});
  EXPECT_FALSE(responder->write(std::string(100'001, 'x')));
  EXPECT_TRUE(gone.is_set());
  EXPECT_EQ(client.read_to_end().find("\r\n0\r\n\r\n"), std::string::npos) << "not a whole answer";
}

TEST_F(LimitsTest, Connections) {
  options_.limits.connections = 3;
  options_.limits.refusing_connections = 1;
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(connect());
  ASSERT_TRUE(wait_for_connections(3));
  RawClient refused = connect();
  const auto responses = split_responses(refused.read_until("}\n"));
  ASSERT_EQ(only_status(responses), 503);
  EXPECT_NE(responses.front().head.find("Retry-After: 1\r\n"), std::string::npos);
  RawClient closed = connect();  // `refused` still has its place
  EXPECT_EQ(closed.read_to_end(), "");

  refused.close();
  clients.pop_back();
  ASSERT_TRUE(wait_for_connections(2));
  EXPECT_EQ(only_status(exchange(port(), kGetAndClose)), 200);
}

}  // namespace
}  // namespace cromwell::server
