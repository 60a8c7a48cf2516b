#include "tests/server/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace cromwell::server {
namespace {

constexpr std::chrono::seconds kPatience{20};

int connected_socket(int family, const sockaddr* address, socklen_t length) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(fd, address, length) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  fd_ = connected_socket(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

RawClient::RawClient(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  fd_ = connected_socket(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient::~RawClient() { close(); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string RawClient::read_until(std::string_view end) {
  for (;;) {
    const auto found = buffer_.find(end);
    if (!end.empty() && found != std::string::npos) {
      std::string taken = buffer_.substr(0, found + end.size());
      buffer_.erase(0, taken.size());
      return taken;
    }
    char bytes[16384];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) {
      if (count < 0 && errno == EAGAIN) ADD_FAILURE() << "nothing arrived for 20 s";
      return std::exchange(buffer_, {});
    }
    buffer_.append(bytes, static_cast<std::size_t>(count));
  }
}

std::string RawClient::read_to_end() { return read_until(""); }
void RawClient::finish_sending() { shutdown(fd_, SHUT_WR); }

void RawClient::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawClient::reset() {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close();
}

std::vector<RawResponse> split_responses(std::string_view bytes) {
  std::vector<RawResponse> responses;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n\r\n");
    if (!bytes.starts_with("HTTP/1.1 ") || end == std::string_view::npos) {
      responses.push_back({.status = -1, .body = std::string(bytes)});
      break;
    }
    RawResponse response{.status = std::atoi(std::string(bytes.substr(9, 3)).c_str()),
                         .head = std::string(bytes.substr(0, end + 4))};
    bytes.remove_prefix(end + 4);
    const auto field = response.head.find("Content-Length: ");
    const std::size_t length = field == std::string::npos
                                   ? bytes.size()
                                   : std::strtoul(response.head.c_str() + field + 16, nullptr, 10);
    response.body = bytes.substr(0, response.status == 100 ? 0 : length);
    bytes.remove_prefix(response.body.size());
    responses.push_back(std::move(response));
  }
  return responses;
}

std::vector<RawResponse> exchange(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  return split_responses(client.read_to_end());
}

int only_status(const std::vector<RawResponse>& responses) {
  return responses.size() == 1 ? responses.front().status : -static_cast<int>(responses.size());
}

void ToyService::handle(api::HttpRequest request, std::shared_ptr<api::Responder> responder) {
  const bool hold = request.path == "/hold";
  api::HttpResponse response{.body = request.method == "POST" ? request.body : request.path};
  {
    const std::scoped_lock lock(mutex_);
    seen_.push_back(std::move(request));
    if (hold) held_.push_back(responder);
  }
  changed_.notify_all();
  if (!hold) responder->send(std::move(response));
}

std::vector<api::HttpRequest> ToyService::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

bool ToyService::saw_path(std::string_view path) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(seen_.begin(), seen_.end(),
                     [&](const api::HttpRequest& request) { return request.path == path; });
}

std::shared_ptr<api::Responder> ToyService::next_held() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [this] { return !held_.empty(); })) {
    ADD_FAILURE() << "no request for /hold arrived";
    std::abort();
  }
  auto responder = std::move(held_.front());
  held_.pop_front();
  return responder;
}

void Event::set() {
  const std::scoped_lock lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Event::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [this] { return set_; });
}

bool Event::is_set() const {
  const std::scoped_lock lock(mutex_);
  return set_;
}

ServerTest::ServerTest() {
  options_.listen = "127.0.0.1:0";
  options_.limits.linger_time = std::chrono::milliseconds(500);
}

void ServerTest::start() {
  auto server = Server::listen(options_);
  ASSERT_TRUE(server) << server.error().message;
  server_ = std::move(*server);
  server_->start([toy = toy_](api::HttpRequest request, std::shared_ptr<api::Responder> responder) {
    toy->handle(std::move(request), std::move(responder));
  });
}

bool ServerTest::wait_for_connections(std::size_t count) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (server_->connections() != count) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace cromwell::server
