// Connection: one client, from accept to close. Reads a request, hands it to the handler, writes
// the answer while it watches for the client's departure, and goes on to the next one. Lives on one
// IO thread, where all of its members are used; an Exchange is what other threads hold.
//
// A client that shuts down its sending side while an answer is pending counts as gone: that is how
// a closed connection looks until the next byte is sent to it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/http.h"
#include "server/exchange.h"
#include "server/limits.h"
#include "server/request_guard.h"
#include "server/request_log.h"
#include "server/request_parser.h"

namespace cromwell::server {

// What the connections of one IO thread share. It changes on that thread only.
struct ConnectionContext {
  Limits limits;
  AccessPolicy access;
  std::function<void(api::HttpRequest, std::shared_ptr<api::Responder>)> handler;
  RequestObserver on_request;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Executor = boost::asio::io_context::executor_type;
  using Clock = std::chrono::steady_clock;
  using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;
  template <class T>
  using Awaitable = boost::asio::awaitable<T, Executor>;

  // overload: there are too many connections, so this one is told 503.
  Connection(Socket socket, const ConnectionContext& context, bool overload);

  // The whole life of the connection.
  Awaitable<void> run();
  // Finishes the answer that is under way, if any, and closes.
  void drain();
  // Closes at once.
  void abort();

 private:
  enum class Waited { kReady, kTimedOut, kClosed };
  enum class Received { kSome, kNothingYet, kClosed };
  struct Incoming;

  // These return false when the connection is to be closed without a word.
  Awaitable<bool> serve_one();
  Awaitable<bool> read_request(Incoming& incoming);
  Awaitable<bool> read_more(RequestParser& parser, Clock::time_point deadline);
  Awaitable<bool> answer(Exchange& exchange);
  Awaitable<bool> write_all(const Exchange& exchange, std::string_view bytes);

  Awaitable<void> linger();
  Awaitable<Waited> wait(Socket::wait_type what, Clock::time_point deadline);

  std::shared_ptr<Exchange> dispatch(std::unique_ptr<Incoming> incoming);
  bool send_continue();
  Received receive();  // appends to in_
  void set_deadline(Clock::time_point deadline);
  void arm_timer(Clock::time_point time);
  void watch(std::shared_ptr<Exchange> exchange);  // for the client's departure
  void lose_client(std::string_view why);
  void on_wake();
  bool is_backlogged(const Exchange& exchange) const;

  Socket socket_;
  const ConnectionContext& context_;
  // Of the wait() that is under way; then the socket's operations are cancelled.
  Clock::time_point deadline_ = Clock::time_point::max();
  Timer timer_;                                            // fires then, or before,
  Clock::time_point fires_at_ = Clock::time_point::max();  // which is known here
  Timer wake_;                          // the answer's sleep, which new output cuts short
  std::string in_;                      // received, not yet parsed
  std::string out_;                     // taken from the exchange, not yet sent
  std::size_t unsent_ = 0;              // of what is being written
  std::shared_ptr<Exchange> exchange_;  // while an answer is under way
  std::string_view note_;               // for the log line
  const bool overload_;
  bool draining_ = false;
  bool aborted_ = false;
  bool client_gone_ = false;
  bool blocked_ = false;      // a write waits for the client to read
  bool must_linger_ = false;  // bytes of the client are unread; closing now would reset it
};

}  // namespace cromwell::server
