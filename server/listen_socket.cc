#include "server/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <utility>

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kBacklog = 4096;

Error errno_error(const std::string& what) {
  return Error{ErrorCode::kIo, what + ": " + std::strerror(errno)};
}

Error bad_address(const std::string& text) {
  return Error{ErrorCode::kInvalidRequest, "address \"" + text +
                                               "\": expected IP:PORT, such as 127.0.0.1:8411 or "
                                               "[::1]:8411"};
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::kInvalidRequest, "socket \"" + path + "\": expected a path of 1 to " +
                                                 std::to_string(sizeof address.sun_path - 1) +
                                                 " bytes"};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Makes way for a new socket file: what is there must be a socket of ours on which nobody listens.
Result<> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return errno_error("socket " + path);
  }
  if (!S_ISSOCK(info.st_mode) || info.st_uid != geteuid()) {
    return Error{ErrorCode::kConflict,
                 "socket " + path + ": exists and is not a socket of this user"};
  }
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return errno_error("socket " + path);
  const int connected = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int why = errno;
  close(probe);
  if (connected == 0 || why != ECONNREFUSED) {
    return Error{ErrorCode::kConflict, "socket " + path + ": another daemon listens there"};
  }
  if (unlink(path.c_str()) != 0) return errno_error("socket " + path + ": cannot be replaced");
  return {};
}

}  // namespace

Result<TcpAddress> parse_tcp_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return bad_address(text);
  TcpAddress address;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, address.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return bad_address(text);

  address.host = text.substr(0, colon);
  if (address.host == "localhost") address.host = "127.0.0.1";
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) {
    address.loopback = ntohl(v4.s_addr) >> 24 == 127;
    return address;
  }
  if (address.host.size() < 2 || address.host.front() != '[' || address.host.back() != ']') {
    return bad_address(text);
  }
  address.host = address.host.substr(1, address.host.size() - 2);
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.host.c_str(), &v6) != 1) return bad_address(text);
  address.ipv6 = true;
  address.loopback = IN6_IS_ADDR_LOOPBACK(&v6);
  return address;
}

Result<ListenSocket> ListenSocket::tcp(const TcpAddress& address) {
  const int family = address.ipv6 ? AF_INET6 : AF_INET;
  const std::string shown = address.ipv6 ? "[" + address.host + "]" : address.host;
  const std::string what = "listen on " + shown + ":" + std::to_string(address.port);
  ListenSocket listener(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listener.fd_ < 0) return errno_error(what);
  const int on = 1;
  setsockopt(listener.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

  sockaddr_storage storage{};
  socklen_t length = 0;
  if (address.ipv6) {
    setsockopt(listener.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr);
    length = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr);
    length = sizeof v4;
  }
  auto* bound = reinterpret_cast<sockaddr*>(&storage);
  if (bind(listener.fd_, bound, length) != 0 || listen(listener.fd_, kBacklog) != 0 ||
      getsockname(listener.fd_, bound, &length) != 0) {
    return errno_error(what);
  }
  listener.port_ = ntohs(address.ipv6 ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port
                                      : reinterpret_cast<sockaddr_in&>(storage).sin_port);
  listener.name_ = "http://" + shown + ":" + std::to_string(listener.port_);
  listener.is_loopback_ = address.loopback;
  return listener;
}

Result<ListenSocket> ListenSocket::adopt(int fd) {
  ListenSocket listener(fd);
  const std::string what = "socket " + std::to_string(fd) + " of the service manager";
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  int type = 0;
  int listening = 0;
  socklen_t size = sizeof(int);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 ||
      fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
    return errno_error(what);
  }
  const bool known =
      storage.ss_family == AF_UNIX || storage.ss_family == AF_INET || storage.ss_family == AF_INET6;
  if (type != SOCK_STREAM || listening == 0 || !known) {
    return Error{ErrorCode::kInvalidRequest, what + ": expected a listening stream socket"};
  }
  listener.describe(storage, length);
  return listener;
}

void ListenSocket::describe(const sockaddr_storage& storage, socklen_t length) {
  is_unix_ = storage.ss_family == AF_UNIX;
  if (is_unix_) {
    const auto& unix_address = reinterpret_cast<const sockaddr_un&>(storage);
    const std::size_t room = length - offsetof(sockaddr_un, sun_path);
    name_ = "unix:" + std::string(unix_address.sun_path, strnlen(unix_address.sun_path, room));
    return;
  }
  char host[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
    port_ = ntohs(v4.sin_port);
    is_loopback_ = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    name_ = "http://" + std::string(host) + ":" + std::to_string(port_);
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    port_ = ntohs(v6.sin6_port);
    is_loopback_ = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    name_ = "http://[" + std::string(host) + "]:" + std::to_string(port_);
  }
}

Result<ListenSocket> ListenSocket::unix_domain(const std::string& path) {
  CROMWELL_ASSIGN(const sockaddr_un address, unix_address(path));
  CROMWELL_TRY(remove_stale(path, address));
  ListenSocket listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listener.fd_ < 0) return errno_error("socket " + path);
  // Set before bind, so that there is no instant at which others may connect.
  if (fchmod(listener.fd_, 0600) != 0 ||
      bind(listener.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno_error("socket " + path);
  }
  listener.is_unix_ = true;
  listener.path_ = path;
  listener.name_ = "unix:" + path;
  struct stat info{};
  if (chmod(path.c_str(), 0600) != 0 || lstat(path.c_str(), &info) != 0 ||
      listen(listener.fd_, kBacklog) != 0) {
    return errno_error("socket " + path);
  }
  listener.device_ = info.st_dev;
  listener.inode_ = info.st_ino;
  return listener;
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      is_unix_(other.is_unix_),
      is_loopback_(other.is_loopback_),
      port_(other.port_),
      name_(std::move(other.name_)),
      path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

ListenSocket::~ListenSocket() {
  struct stat info{};
  if (!path_.empty() && lstat(path_.c_str(), &info) == 0 && info.st_dev == device_ &&
      info.st_ino == inode_) {
    unlink(path_.c_str());
  }
  if (fd_ >= 0) close(fd_);
}

bool peer_is_this_user(int fd) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

}  // namespace cromwell::server
