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
#include "server/request_log.h"

namespace cromwell::server {

struct ServerOptions {
  std::string listen = "127.0.0.1:8411";  // IP:PORT, or "none" where there is a socket
  std::string socket_path;                // empty: no Unix socket
  std::vector<int> inherited;             // listening sockets to take over in place of both
  int io_threads = 1;
  AccessPolicy access;
  Limits limits;
  RequestObserver on_request;  // told of each request when it has ended, on an IO thread
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

  // Of requests and connections that begin from now on, and of those that wait. Whoever may listen
  // may go on: a token is not taken away from an address that needs one.
  void reconfigure(AccessPolicy access, Limits limits);
  // Whether every event loop has had a turn since this was called last.
  bool made_progress();

  std::vector<std::string> addresses() const;  // "http://127.0.0.1:8411", "unix:/run/..."
  bool listens_on_tcp() const;
  std::uint16_t port() const;       // of TCP, 0 if there is none
  std::size_t connections() const;  // any thread

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::server
