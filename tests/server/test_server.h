// What the tests of the transport share: a Server on a port of its own with a toy handler, and a
// client that sends exactly the bytes it is told to.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "server/server.h"

namespace cromwell::server {

// A blocking socket. Whatever takes longer than 20 s fails the test.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::string& socket_path);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // False if the server has closed.
  bool send(std::string_view bytes);
  // What arrives until `end` is in it (inclusive), or until the server closes.
  std::string read_until(std::string_view end);
  std::string read_to_end();
  void finish_sending();
  void close();
  void reset();  // closes with RST

 private:
  int fd_ = -1;
  std::string buffer_;
};

struct RawResponse {
  int status = 0;
  std::string head;
  std::string body;
};
// The responses in `bytes`, one after another; a tail that is none has status -1.
std::vector<RawResponse> split_responses(std::string_view bytes);
// Sends, then reads until the server closes.
std::vector<RawResponse> exchange(std::uint16_t port, std::string_view bytes);
int only_status(const std::vector<RawResponse>& responses);

// GET answers its path, POST its body; /hold is kept for the test to answer.
class ToyService {
 public:
  void handle(api::HttpRequest request, std::shared_ptr<api::Responder> responder);

  std::vector<api::HttpRequest> seen() const;
  bool saw_path(std::string_view path) const;
  // The next responder of /hold.
  std::shared_ptr<api::Responder> next_held();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<api::HttpRequest> seen_;
  std::deque<std::shared_ptr<api::Responder>> held_;
};

// Something that happens once on another thread.
class Event {
 public:
  void set();
  bool wait();  // false after 20 s
  bool is_set() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  // With options_ as the test has set them.
  void start();
  std::uint16_t port() const { return server_->port(); }
  RawClient connect() const { return RawClient(port()); }
  bool wait_for_connections(std::size_t count) const;

  ServerOptions options_;
  std::shared_ptr<ToyService> toy_ = std::make_shared<ToyService>();
  std::unique_ptr<Server> server_;
};

inline constexpr std::string_view kGet = "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline constexpr std::string_view kGetAndClose =
    "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
inline constexpr std::string_view kHold = "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace cromwell::server
