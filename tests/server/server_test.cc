// The server as a whole: addresses, the Unix socket, stopping, what idle connections cost.
#include "server/server.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "server/listen_socket.h"
#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

using std::chrono::milliseconds;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = testing::TempDir() + "cromwell-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string listen_error(ServerOptions options) {
  const auto server = Server::listen(std::move(options));
  return server ? "" : server.error().message;
}

TEST(TcpAddressTest, KnowsLoopbackFromTheRest) {
  for (const char* text : {"127.0.0.1:8411", "127.9.9.9:0", "[::1]:8411", "localhost:1"}) {
    const auto address = parse_tcp_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_TRUE(address->loopback) << text;
  }
  for (const char* text : {"0.0.0.0:8411", "[::]:8411", "10.0.0.1:1", "[::ffff:127.0.0.1]:1"}) {
    const auto address = parse_tcp_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_FALSE(address->loopback) << text;
  }
  for (const char* text : {"", ":", "8411", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                           "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 1", "::1:8411", "[::1]",
                           "example.org:80", "[127.0.0.1]:1", "1.2.3:1"}) {
    EXPECT_FALSE(parse_tcp_address(text)) << text;
  }
}

TEST(ServerListen, RefusesAnOpenAddressWithoutAToken) {
  EXPECT_NE(listen_error({.listen = "0.0.0.0:0"}).find("--token-file"), std::string::npos);
  EXPECT_NE(listen_error({.listen = "[::]:0"}).find("--token-file"), std::string::npos);
  EXPECT_EQ(listen_error({.listen = "0.0.0.0:0", .access = {.token = "0123456789abcdef"}}), "");
}

TEST(ServerListen, NamesWhatIsWrongWithAnAddress) {
  EXPECT_NE(listen_error({.listen = "here"}).find("\"here\": expected IP:PORT"), std::string::npos);
  EXPECT_NE(listen_error({.listen = "none"}).find("--socket"), std::string::npos);
  const auto first = Server::listen({.listen = "127.0.0.1:0"});
  ASSERT_TRUE(first);
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  EXPECT_NE(listen_error({.listen = taken}).find(taken + ": Address already in use"),
            std::string::npos);
}

class UnixSocket : public ServerTest {
 protected:
  UnixSocket() { options_.socket_path = path_; }
  TemporaryFolder folder_;
  const std::string path_ = folder_ / "socket";
};

TEST_F(UnixSocket, AnswersAndIsForItsOwnerOnly) {
  start();
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  RawClient client(path_);
  client.send(kGetAndClose);
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 200);
}

TEST_F(UnixSocket, AloneWithoutTcp) {
  options_.listen = "none";
  start();
  EXPECT_EQ(server_->addresses(), std::vector<std::string>{"unix:" + path_});
  RawClient client(path_);
  client.send(kGetAndClose);
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 200);
}

TEST_F(UnixSocket, IsRemovedAtExitUnlessItIsAnothers) {
  start();
  server_->stop(milliseconds(0));
  EXPECT_FALSE(std::filesystem::exists(path_));

  start();
  std::filesystem::remove(path_);
  std::ofstream(path_) << "another's";
  server_->stop(milliseconds(0));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixSocket, AStaleFileIsReplaced) {
  {
    auto abandoned = ListenSocket::unix_domain(path_);
    ASSERT_TRUE(abandoned);
    std::filesystem::rename(path_, path_ + ".moved");
  }
  std::filesystem::rename(path_ + ".moved", path_);
  start();
  RawClient client(path_);
  client.send(kGetAndClose);
  EXPECT_EQ(only_status(split_responses(client.read_to_end())), 200);
}

TEST_F(UnixSocket, ALivingOneOrAnotherKindOfFileIsLeftAlone) {
  start();
  EXPECT_NE(listen_error(options_).find("another daemon"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(path_));

  options_.socket_path = folder_ / "file";
  std::ofstream(options_.socket_path) << "text";
  EXPECT_NE(listen_error(options_).find("not a socket"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(options_.socket_path));

  options_.socket_path = folder_ / std::string(200, 'x');
  EXPECT_NE(listen_error(options_).find("107 bytes"), std::string::npos);
}

TEST_F(UnixSocket, AnotherUserIsTurnedAway) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  start();
  // Even where the file lets others connect.
  std::filesystem::permissions(path_, std::filesystem::perms::all);
  std::filesystem::permissions(std::filesystem::path(path_).parent_path(),
                               std::filesystem::perms::all);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (setuid(kNobody) != 0) _exit(2);
    RawClient client(path_);
    if (!client.connected()) _exit(3);
    client.send(kGetAndClose);
    char byte = 0;
    _exit(::recv(client.fd(), &byte, 1, 0) > 0 ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: was answered, 2: setuid failed, 3: no connection";
  EXPECT_TRUE(toy_->seen().empty());
}

class Stopping : public ServerTest {};

TEST_F(Stopping, ClosesIdleConnectionsAndRefusesNewOnes) {
  start();
  RawClient idle = connect();
  idle.send(kGet);
  idle.read_until("/ok");
  RawClient half = connect();
  half.send("GET / HT");
  ASSERT_TRUE(wait_for_connections(2));
  const std::uint16_t port_before = port();
  server_->stop_accepting();
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(half.read_to_end(), "");
  EXPECT_FALSE(RawClient(port_before).connected());
  EXPECT_TRUE(wait_for_connections(0));
}

TEST_F(Stopping, LetsAnAnswerFinish) {
  start();
  RawClient client = connect();
  client.send(kHold);
  const auto responder = toy_->next_held();
  responder->begin_stream({.content_type = "text/event-stream"});
  server_->stop_accepting();
  responder->write("data: last\n\n");
  responder->end_stream();
  EXPECT_TRUE(client.read_to_end().ends_with("data: last\n\n\r\n0\r\n\r\n"));
  server_->stop(std::chrono::seconds(20));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(Stopping, CutsWhatIsLeftAtTheDeadline) {
  start();
  RawClient client = connect();
  client.send(kHold);
  const auto responder = toy_->next_held();
  Event gone;
  responder->on_gone([&] { gone.set(); });
  server_->stop(milliseconds(20));
  EXPECT_TRUE(gone.is_set());
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_FALSE(responder->write("x"));
}

TEST_F(Stopping, AResponderMayOutliveTheServer) {
  start();
  RawClient client = connect();
  client.send(kHold);
  const auto responder = toy_->next_held();
  server_.reset();
  responder->send({.body = "late"});
}

TEST_F(Stopping, IsSafeWhileAnotherThreadWrites) {
  for (int round = 0; round < 20; ++round) {
    start();
    RawClient client = connect();
    client.send(kHold);
    const auto responder = toy_->next_held();
    std::thread writer([&] {
      responder->begin_stream({.content_type = "text/event-stream"});
      while (responder->write("data: x\n\n")) std::this_thread::yield();
    });
    client.read_until("data: x");
    server_.reset();
    writer.join();
  }
}

std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

TEST(IdleConnections, TenThousandCostAtMost25Mebibytes) {
  // Both ends are in this process, so two descriptors each.
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::size_t count = std::min<std::size_t>(10'000, (files.rlim_cur - 64) / 2);
  ToyService toy;
  ServerOptions options{.listen = "127.0.0.1:0", .io_threads = 2};
  auto server = Server::listen(options);
  ASSERT_TRUE(server);
  (*server)->start([&](api::HttpRequest request, std::shared_ptr<api::Responder> to) {
    toy.handle(std::move(request), std::move(to));
  });
  std::vector<RawClient> clients;
  clients.reserve(count);
  const std::size_t before = resident_kib();
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back((*server)->port());
    // Each has been used once, so that what a request leaves behind counts too.
    ASSERT_TRUE(clients.back().send(kGet));
    ASSERT_NE(clients.back().read_until("/ok"), "");
  }
  const std::size_t after = resident_kib();
  const double each = static_cast<double>((after - before) << 10) / static_cast<double>(count);
  std::printf("%zu idle connections: %zu KiB, %.0f bytes each\n", count, after - before, each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(each * 10'000, 25.0 * 1024 * 1024);
#endif
  clients.front().send(kGet);
  EXPECT_NE(clients.front().read_until("/ok"), "") << "still served";
}

}  // namespace
}  // namespace cromwell::server
