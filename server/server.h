// Server: listens, and runs connections on a small number of IO threads. It knows HTTP and its
// limits but no endpoint: a request that passes the guards goes to the handler, on an IO thread,
// and the handler must not block. The functions here belong to the thread that made the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/http.h"
#include "base/result.h"
#include "server/limits.h"
#include "server/request_guard.h"

namespace cromwell::server {

struct ServerOptions {
  std::string listen = "127.0.0.1:8411";  // IP:PORT, or "none" where there is a socket
  std::string socket_path;                // empty: no Unix socket
  int io_threads = 1;
  AccessPolicy access;
  Limits limits;
};

// Whether these addresses may be listened on: a non-loopback one needs a token. Nothing is opened.
base::Result<> check_addresses(const ServerOptions& options);

class Server {
 public:
  using Handler = std::function<void(api::HttpRequest, std::shared_ptr<api::Responder>)>;

  // Checks the addresses, binds and listens. Who connects waits for start().
  static base::Result<std::unique_ptr<Server>> listen(ServerOptions options);
  ~Server();  // stop() without patience

  void start(Handler handler);
  // Closes the listening sockets and idle connections; answers under way go on.
  void stop_accepting();
  // stop_accepting(), waits for answers under way, closes what is left at the deadline. Returns
  // when no thread of the server's runs.
  void stop(std::chrono::milliseconds deadline);

  std::vector<std::string> addresses() const;  // "http://127.0.0.1:8411", "unix:/run/..."
  std::uint16_t port() const;                  // of TCP, 0 if there is none
  std::size_t connections() const;             // any thread

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::server
