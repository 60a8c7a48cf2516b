// What is asked of a server while it runs: other rules, and whether it still goes on.
#include <chrono>
#include <string>
#include <thread>

#include "server/server.h"
#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

class RunningServer : public ServerTest {};

TEST_F(RunningServer, NewRulesHoldForConnectionsThatAreOpenAlready) {
  start();
  RawClient client = connect();
  const std::string get = "GET /ok HTTP/1.1\r\nHost: dev.example\r\n";
  client.send(kGet);
  ASSERT_NE(client.read_until("/ok"), "");
  Limits limits = options_.limits;
  limits.header_bytes = 200;
  server_->reconfigure({.allowed_hosts = {"dev.example"}}, limits);
  client.send(get + "\r\n");
  EXPECT_EQ(client.read_until("/ok").substr(0, 12), "HTTP/1.1 200");
  client.send(get + "A: " + std::string(200, 'b') + "\r\n\r\n");
  EXPECT_EQ(client.read_to_end().substr(0, 12), "HTTP/1.1 431");
}

TEST_F(RunningServer, ATokenCanBeChanged) {
  options_.access.token = "0123456789abcdef";
  start();
  server_->reconfigure({.token = "fedcba9876543210"}, options_.limits);
  const auto status = [&](const std::string& token) {
    return only_status(exchange(port(),
                                "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close"
                                "\r\nAuthorization: Bearer " +
                                    token + "\r\n\r\n"));
  };
  EXPECT_EQ(status("fedcba9876543210"), 200);
  EXPECT_EQ(status("0123456789abcdef"), 401);
}

TEST(MadeProgress, IsFalseWhileAHandlerBlocksTheEventLoop) {
  Event entered;
  Event released;
  auto server = Server::listen({.listen = "127.0.0.1:0"});
  ASSERT_TRUE(server) << server.error().message;
  (*server)->start([&](api::HttpRequest, std::shared_ptr<api::Responder> responder) {
    entered.set();
    released.wait();
    responder->send({});
  });
  RawClient client((*server)->port());
  client.send(kGet);
  ASSERT_TRUE(entered.wait());
  (*server)->made_progress();  // from here on
  EXPECT_FALSE((*server)->made_progress());
  released.set();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!(*server)->made_progress()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace cromwell::server
