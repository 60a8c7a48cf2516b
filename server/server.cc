#include "server/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "server/connection.h"
#include "server/listen_socket.h"

namespace cromwell::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = Connection::Executor;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors have run out

// One thread, its event loop, and the connections that live there.
struct IoThread {
  explicit IoThread(ConnectionContext shared_by_connections)
      : shared(std::move(shared_by_connections)) {}

  asio::io_context context{1};
  asio::executor_work_guard<Executor> work{context.get_executor()};
  std::unordered_set<Connection*> connections;  // its thread only
  bool draining = false;                        // its thread only
  ConnectionContext shared;                     // its thread only, once that runs
  std::atomic<bool> had_turn{true};             // since made_progress() asked
  std::thread thread;
};

struct Listener {
  Listener(ListenSocket listening, IoThread& io)
      : socket(std::move(listening)), readiness(io.context, socket.fd()), pause(io.context) {}
  ~Listener() { release(); }

  // Ends the waits; `socket` stays the owner of the descriptor.
  void release() {
    if (readiness.is_open()) readiness.release();
    pause.cancel();
  }

  ListenSocket socket;
  Descriptor readiness;
  Connection::Timer pause;
};

base::Error open_without_token(const std::string& address) {
  return {base::ErrorCode::kInvalidRequest,
          address +
              ": other machines could reach this address; expected a --token-file with it, "
              "or a loopback address such as 127.0.0.1:8411"};
}

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions server_options) : options(std::move(server_options)) {
    for (int i = 0; i < std::max(1, options.io_threads); ++i) {
      threads.push_back(std::make_unique<IoThread>(
          ConnectionContext{options.limits, options.access, nullptr, options.on_request}));
    }
  }

  base::Result<> open();
  base::Result<> add(base::Result<ListenSocket> socket);
  base::Result<> check_inherited() const;
  Connection::Awaitable<void> accept_loop(Listener& listener);
  bool accept_ready(Listener& listener);
  void adopt(int fd, bool is_unix);
  void start_connection(IoThread& io, int fd, int family, bool overload);
  void connection_ended();
  // Runs `task` on every IO thread and waits for it.
  void on_each_thread(const std::function<void(IoThread&)>& task);

  const ServerOptions options;
  std::vector<std::unique_ptr<IoThread>> threads;  // the first one accepts
  std::vector<std::unique_ptr<Listener>> listeners;
  std::vector<std::string> addresses;
  std::uint16_t port = 0;
  std::size_t next_thread = 0;
  bool started = false;
  bool accepting = false;

  mutable std::mutex mutex;
  std::condition_variable all_ended;
  std::size_t count = 0;  // of connections, under the mutex
};

base::Result<> Server::Impl::open() {
  if (!options.inherited.empty()) {
    for (const int fd : options.inherited) CROMWELL_TRY(add(ListenSocket::adopt(fd)));
    return check_inherited();
  }
  if (options.listen != "none") {
    CROMWELL_ASSIGN(const TcpAddress address, parse_tcp_address(options.listen));
    CROMWELL_TRY(add(ListenSocket::tcp(address)));
  }
  if (options.socket_path.empty()) return {};
  return add(ListenSocket::unix_domain(options.socket_path));
}

base::Result<> Server::Impl::add(base::Result<ListenSocket> socket) {
  if (!socket) return std::move(socket).error();
  addresses.push_back(socket->name());
  if (!socket->is_unix()) port = socket->port();
  listeners.push_back(std::make_unique<Listener>(std::move(*socket), *threads.front()));
  return {};
}

base::Result<> Server::Impl::check_inherited() const {
  for (const auto& listener : listeners) {
    if (listener->socket.is_unix() || listener->socket.is_loopback()) continue;
    if (options.access.token.empty()) return open_without_token(listener->socket.name());
  }
  return {};
}

Connection::Awaitable<void> Server::Impl::accept_loop(Listener& listener) {
  for (;;) {
    error_code ec;
    co_await listener.readiness.async_wait(Descriptor::wait_read, asio::redirect_error(kAwait, ec));
    if (ec) co_return;
    if (accept_ready(listener)) continue;
    listener.pause.expires_after(kAcceptPause);
    co_await listener.pause.async_wait(asio::redirect_error(kAwait, ec));
    if (ec) co_return;
  }
}

// Accepts what waits. False: not now, the process has no descriptor or memory left.
bool Server::Impl::accept_ready(Listener& listener) {
  constexpr int kAtOnce = 64;  // then other events have their turn
  for (int i = 0; i < kAtOnce; ++i) {
    const int fd = ::accept4(listener.socket.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      adopt(fd, listener.socket.is_unix());
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      base::log(base::LogLevel::kWarning,
                std::string("cannot accept a connection: ") + std::strerror(errno));
      return false;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return true;
    }
  }
  return true;
}

void Server::Impl::adopt(int fd, bool is_unix) {
  if (is_unix && !peer_is_this_user(fd)) {
    base::log(base::LogLevel::kWarning, "refused another user on the Unix socket");
    ::close(fd);
    return;
  }
  const Limits& limits = threads.front()->shared.limits;
  const int on = 1;
  if (!is_unix) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &limits.send_buffer_bytes,
               sizeof limits.send_buffer_bytes);
  bool overload = false;
  {
    const std::scoped_lock lock(mutex);
    if (count >= limits.connections + limits.refusing_connections) {
      ::close(fd);
      return;
    }
    overload = count++ >= limits.connections;
  }
  IoThread& io = *threads[next_thread++ % threads.size()];
  const int family = is_unix ? AF_UNIX : AF_INET;
  asio::post(io.context,
             [this, &io, fd, family, overload] { start_connection(io, fd, family, overload); });
}

void Server::Impl::start_connection(IoThread& io, int fd, int family, bool overload) {
  error_code ec;
  Connection::Socket socket(io.context);
  socket.assign(asio::generic::stream_protocol(family, 0), fd, ec);
  if (ec || io.draining) {
    if (ec) ::close(fd);
    return connection_ended();
  }
  auto connection = std::make_shared<Connection>(std::move(socket), io.shared, overload);
  io.connections.insert(connection.get());
  asio::co_spawn(io.context, connection->run(),
                 [this, &io, connection](const std::exception_ptr& failure) {
                   if (failure) {
                     base::log(base::LogLevel::kError, "a connection failed: out of memory?");
                     connection->abort();
                   }
                   io.connections.erase(connection.get());
                   connection_ended();
                 });
}

void Server::Impl::connection_ended() {
  const std::scoped_lock lock(mutex);
  if (--count == 0) all_ended.notify_all();
}

void Server::Impl::on_each_thread(const std::function<void(IoThread&)>& task) {
  for (auto& io : threads) {
    std::promise<void> done;
    asio::post(io->context, [&] {
      task(*io);
      done.set_value();
    });
    done.get_future().wait();
  }
}

base::Result<> check_addresses(const ServerOptions& options) {
  if (!options.inherited.empty()) return {};  // they are known once they are adopted
  if (options.listen == "none") {
    if (!options.socket_path.empty()) return {};
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "--listen none: expected a --socket PATH beside it"};
  }
  CROMWELL_ASSIGN(const TcpAddress address, parse_tcp_address(options.listen));
  if (address.loopback || !options.access.token.empty()) return {};
  return open_without_token("--listen " + options.listen);
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(std::chrono::milliseconds(0)); }

base::Result<std::unique_ptr<Server>> Server::listen(ServerOptions options) {
  CROMWELL_TRY(check_addresses(options));
  auto impl = std::make_unique<Impl>(std::move(options));
  CROMWELL_TRY(impl->open());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::start(Handler handler) {
  if (std::exchange(impl_->started, true)) return;
  for (auto& io : impl_->threads) io->shared.handler = handler;
  impl_->accepting = true;
  for (auto& listener : impl_->listeners) {
    asio::co_spawn(impl_->threads.front()->context, impl_->accept_loop(*listener), asio::detached);
  }
  for (auto& io : impl_->threads) {
    io->thread = std::thread([&context = io->context] {
      ::pthread_setname_np(::pthread_self(), "cromwell-io");  // for top -H
      context.run();
    });
  }
}

void Server::stop_accepting() {
  if (!std::exchange(impl_->accepting, false)) return;
  impl_->on_each_thread([this](IoThread& io) {
    if (&io == impl_->threads.front().get()) {
      for (auto& listener : impl_->listeners) listener->release();
    }
    io.draining = true;
    for (Connection* connection : io.connections) connection->drain();
  });
  // Every accept loop has been told to end; a turn of its thread later it has.
  impl_->on_each_thread([](IoThread&) {});
  impl_->listeners.clear();
}

void Server::stop(std::chrono::milliseconds deadline) {
  stop_accepting();
  if (!impl_->started) return;
  {
    std::unique_lock lock(impl_->mutex);
    impl_->all_ended.wait_for(lock, deadline, [this] { return impl_->count == 0; });
  }
  if (!impl_->threads.front()->thread.joinable()) return;
  impl_->on_each_thread([](IoThread& io) {
    for (Connection* connection : io.connections) connection->abort();
  });
  for (auto& io : impl_->threads) io->work.reset();
  for (auto& io : impl_->threads) io->thread.join();
}

void Server::reconfigure(AccessPolicy access, Limits limits) {
  impl_->on_each_thread([&](IoThread& io) {
    io.shared.access = access;
    io.shared.limits = limits;
  });
}

bool Server::made_progress() {
  bool all = true;
  for (auto& io : impl_->threads) {
    if (!io->had_turn.exchange(false)) all = false;
    asio::post(io->context, [&had_turn = io->had_turn] { had_turn = true; });
  }
  return all;
}

bool Server::listens_on_tcp() const {
  return std::any_of(impl_->listeners.begin(), impl_->listeners.end(),
                     [](const auto& listener) { return !listener->socket.is_unix(); });
}

std::vector<std::string> Server::addresses() const { return impl_->addresses; }
std::uint16_t Server::port() const { return impl_->port; }

std::size_t Server::connections() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->count;
}

}  // namespace cromwell::server
