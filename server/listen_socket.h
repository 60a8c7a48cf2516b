// ListenSocket: a bound, listening socket and what must be undone for it at exit. POSIX only, no
// event loop. Made on one thread; the descriptor may be read from any.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace cromwell::server {

// "127.0.0.1:8411", "[::1]:0" or "localhost:8411", taken apart.
struct TcpAddress {
  std::string host;  // numeric, without brackets
  std::uint16_t port = 0;
  bool ipv6 = false;
  bool loopback = false;
};
base::Result<TcpAddress> parse_tcp_address(const std::string& text);

class ListenSocket {
 public:
  static base::Result<ListenSocket> tcp(const TcpAddress& address);
  // Mode 0600. A socket file that nobody listens on any more is replaced; anything else at `path`
  // is an error.
  static base::Result<ListenSocket> unix_domain(const std::string& path);
  // A listening stream socket that the service manager has made; its file stays at exit.
  static base::Result<ListenSocket> adopt(int fd);

  ~ListenSocket();
  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) = delete;

  int fd() const { return fd_; }
  bool is_unix() const { return is_unix_; }
  bool is_loopback() const { return is_loopback_; }
  std::uint16_t port() const { return port_; }  // the one that was bound, for TCP
  const std::string& name() const { return name_; }

 private:
  explicit ListenSocket(int fd) : fd_(fd) {}
  void describe(const sockaddr_storage& address, socklen_t length);

  int fd_ = -1;
  bool is_unix_ = false;
  bool is_loopback_ = false;
  std::uint16_t port_ = 0;
  std::string name_;  // "http://127.0.0.1:8411" or "unix:/run/..."
  std::string path_;  // of our socket file, removed at exit if it is still this one
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// True if the peer of a connected Unix socket is this user, or root.
bool peer_is_this_user(int fd);

}  // namespace cromwell::server
