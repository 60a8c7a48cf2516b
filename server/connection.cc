#include "server/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/log.h"
#include "server/ascii.h"
#include "server/request_log.h"

namespace cromwell::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr asio::use_awaitable_t<Connection::Executor> kAwait;
constexpr int kClientGone = 499;  // in the log only: the answer was not delivered

Refusal timeout(const char* what, std::chrono::milliseconds limit) {
  return Refusal{
      .status = 408,
      .code = "request_timeout",
      .message = std::string(what) + ": expected within " + std::to_string(limit.count()) + " ms"};
}

Refusal overloaded() {
  return Refusal{.status = 503,
                 .code = "too_many_connections",
                 .message = "the limit of connections is reached; try again later",
                 .headers = {{"Retry-After", "1"}}};
}

}  // namespace

// One request on its way in, and what is remembered of it for the log.
struct Connection::Incoming {
  explicit Incoming(const Limits& limits) : parser(limits) {}
  RequestParser parser;
  RequestParser::State state = RequestParser::State::kHeader;
  Admission admission;
  RequestLine line;
};

Connection::Connection(Socket socket, const ConnectionContext& context, bool overload)
    : socket_(std::move(socket)),
      context_(context),
      timer_(socket_.get_executor()),
      wake_(socket_.get_executor()),
      overload_(overload) {}

Connection::Awaitable<void> Connection::run() {
  // A connection spends its life in the first wait: nothing is allocated until it is readable.
  while (!draining_ && !aborted_) {
    if (in_.empty() && !overload_) {
      in_ = std::string();
      out_ = std::string();
      const Waited waited =
          co_await wait(Socket::wait_read, Clock::now() + context_.limits.idle_time);
      if (waited != Waited::kReady) break;
    }
    if (!co_await serve_one()) break;
  }
  if (must_linger_ && !aborted_) co_await linger();
  error_code ignored;
  socket_.close(ignored);
}

void Connection::drain() {
  draining_ = true;
  if (!exchange_) socket_.cancel();
}

void Connection::abort() {
  aborted_ = true;
  if (exchange_) lose_client("closed at exit");
  error_code ignored;
  socket_.close(ignored);
  wake_.cancel();
}

Connection::Awaitable<bool> Connection::serve_one() {
  const auto begun = Clock::now();
  auto incoming = std::make_unique<Incoming>(context_.limits);
  if (!co_await read_request(*incoming)) co_return false;

  RequestLine line = incoming->line;
  note_ = {};
  exchange_ = dispatch(std::move(incoming));
  const bool answered = co_await answer(*exchange_);
  if (answered) exchange_->finished();

  line.status = answered ? exchange_->status() : kClientGone;
  line.body_bytes = exchange_->body_bytes();
  line.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
  line.note = note_;
  if (context_.on_request) context_.on_request(line);
  const bool keep_alive = exchange_->keep_alive();
  exchange_.reset();
  if (answered && !keep_alive) must_linger_ = true;
  co_return (answered && keep_alive);
}

// Reads one request, or learns why it is refused.
Connection::Awaitable<bool> Connection::read_request(Incoming& incoming) {
  using State = RequestParser::State;
  const Limits& limits = context_.limits;
  RequestParser& parser = incoming.parser;
  const auto header_deadline = Clock::now() + limits.header_time;
  if (overload_) parser.refuse(overloaded());
  while ((incoming.state = parser.parse(in_)) == State::kHeader) {
    if (co_await read_more(parser, header_deadline)) continue;
    co_return false;
  }
  incoming.line.request_id = parser.request().request_id = new_request_id();
  incoming.line.method = parser.request().method;
  incoming.line.path = parser.request().path;
  for (const auto& [name, value] : parser.request().headers) {
    if (!equals_ignoring_case(name, "x-request-id")) continue;
    incoming.line.client_id = value;
    if (is_sound_request_id(value)) parser.request().request_id = value;
  }
  if (incoming.state == State::kRefused) co_return true;

  incoming.admission = admit(parser.request(), context_.access);
  if (incoming.admission.refusal) {
    parser.refuse(*incoming.admission.refusal);
    incoming.state = State::kRefused;
    co_return true;
  }
  if (incoming.state == State::kBody && in_.empty() && parser.expects_continue() &&
      !send_continue()) {
    co_return false;
  }
  const auto body_deadline = Clock::now() + limits.body_time;
  while (incoming.state == State::kBody && (incoming.state = parser.parse(in_)) == State::kBody) {
    if (!co_await read_more(parser, body_deadline)) co_return false;
  }
  co_return true;
}

// Waits for bytes and appends them to in_. Where the deadline passes, the parser refuses.
Connection::Awaitable<bool> Connection::read_more(RequestParser& parser,
                                                  Clock::time_point deadline) {
  const Waited waited = co_await wait(Socket::wait_read, deadline);
  if (waited == Waited::kTimedOut) {
    const bool in_body = !parser.request().method.empty();
    parser.refuse(in_body ? timeout("body", context_.limits.body_time)
                          : timeout("header", context_.limits.header_time));
    co_return true;
  }
  co_return (waited == Waited::kReady && receive() != Received::kClosed);
}

bool Connection::send_continue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const ssize_t sent = ::send(socket_.native_handle(), kContinue.data(), kContinue.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == static_cast<ssize_t>(kContinue.size());
}

// Starts the answer: the handler's, or ours where the request is refused.
std::shared_ptr<Exchange> Connection::dispatch(std::unique_ptr<Incoming> incoming) {
  RequestParser& parser = incoming->parser;
  api::HttpRequest request = std::move(parser.request());
  const bool refused = incoming->state == RequestParser::State::kRefused;
  const bool head = request.method == "HEAD";
  Exchange::Options options{.traits = {.http11 = parser.http11(),
                                       .keep_alive = !refused && !draining_ && parser.keep_alive(),
                                       .request_id = request.request_id,
                                       .headers = std::move(incoming->admission.headers)},
                            .head_only = head,
                            .burst_bytes = context_.limits.stream_burst_bytes,
                            .wake = [weak = weak_from_this(), executor = socket_.get_executor()] {
                              asio::post(executor, [weak] {
                                if (auto self = weak.lock()) self->on_wake();
                              });
                            }};
  auto exchange = std::make_shared<Exchange>(std::move(options));
  if (refused) {
    const Refusal& refusal = parser.refusal();
    note_ = refusal.code;
    base::log(base::LogLevel::kDebug, "req=" + request.request_id + " " + refusal.message);
    must_linger_ = true;
    exchange->send(to_response(refusal));
    return exchange;
  }
  if (incoming->admission.answer) {
    exchange->send(std::move(*incoming->admission.answer));
    return exchange;
  }
  incoming.reset();  // its buffers are not needed while the handler works
  request.head_only = head;
  if (head) request.method = "GET";
  auto responder = Exchange::make_responder(exchange);
  try {
    context_.handler(std::move(request), std::move(responder));
  } catch (const std::exception& error) {
    base::log(base::LogLevel::kError, std::string("a handler threw: ") + error.what());
  }
  return exchange;
}

// Writes what the exchange brings until it is complete. False: the client is gone.
Connection::Awaitable<bool> Connection::answer(Exchange& exchange) {
  bool watching = false;
  for (;;) {
    std::shared_ptr<const std::string> shared;
    const auto progress = exchange.take(out_, shared);
    if (aborted_ || client_gone_) co_return false;
    if (progress == Exchange::Progress::kAborted) {
      lose_client("cut off");
      co_return false;
    }
    if (progress == Exchange::Progress::kPending && !watching) {
      watching = true;
      watch(exchange_);
    }
    if (!out_.empty()) {
      bool written = co_await write_all(exchange, out_);
      if (written && shared) written = co_await write_all(exchange, *shared);
      if (!written) {
        lose_client("client gone");
        co_return false;
      }
      continue;
    }
    if (progress == Exchange::Progress::kComplete) break;
    error_code ec;
    wake_.expires_after(context_.limits.keep_alive_comment);
    co_await wake_.async_wait(asio::redirect_error(kAwait, ec));
    if (!ec) exchange.add_comment();
  }
  if (watching) socket_.cancel();
  co_return true;
}

Connection::Awaitable<bool> Connection::write_all(const Exchange& exchange,
                                                  std::string_view bytes) {
  const Limits& limits = context_.limits;
  unsent_ = bytes.size();
  while (unsent_ > 0) {
    const ssize_t sent = ::send(socket_.native_handle(), bytes.data() + (bytes.size() - unsent_),
                                unsent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      unsent_ -= static_cast<std::size_t>(sent);
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) co_return false;
    blocked_ = true;
    const auto patience = is_backlogged(exchange) ? limits.stream_backlog_grace : limits.write_time;
    const Waited waited = co_await wait(Socket::wait_write, Clock::now() + patience);
    blocked_ = false;
    if (waited == Waited::kTimedOut) note_ = "client does not read";
    if (waited != Waited::kReady) co_return false;
  }
  co_return true;
}

bool Connection::is_backlogged(const Exchange& exchange) const {
  const std::size_t ready = exchange.backlog_bytes();
  return ready + unsent_ > context_.limits.stream_backlog_bytes && exchange.is_stream();
}

// New output while a write is blocked: it may be more than a client that does not read may hold.
void Connection::on_wake() {
  wake_.cancel();
  if (!blocked_ || !exchange_ || !is_backlogged(*exchange_)) return;
  set_deadline(std::min(deadline_, Clock::now() + context_.limits.stream_backlog_grace));
}

// After an early refusal: the client may still be sending, and closing with its bytes unread would
// reset the connection before it has read the answer.
Connection::Awaitable<void> Connection::linger() {
  ::shutdown(socket_.native_handle(), SHUT_WR);
  const auto deadline = Clock::now() + context_.limits.linger_time;
  do {
    in_.clear();
    if (co_await wait(Socket::wait_read, deadline) != Waited::kReady) co_return;
  } while (receive() != Received::kClosed && !aborted_ && Clock::now() < deadline);
}

Connection::Awaitable<Connection::Waited> Connection::wait(Socket::wait_type what,
                                                           Clock::time_point deadline) {
  if (draining_ && !exchange_) co_return Waited::kClosed;
  set_deadline(deadline);
  error_code ec;
  co_await socket_.async_wait(what, asio::redirect_error(kAwait, ec));
  const bool timed_out = Clock::now() >= deadline_;
  deadline_ = Clock::time_point::max();
  if (aborted_ || client_gone_) co_return Waited::kClosed;
  if (!ec) co_return Waited::kReady;
  co_return timed_out ? Waited::kTimedOut : Waited::kClosed;
}

// A timer that fires too early is left alone, and looks at the deadline then: a client that sends
// byte by byte moves its deadline at each of them.
void Connection::set_deadline(Clock::time_point deadline) {
  deadline_ = deadline;
  if (deadline < fires_at_) arm_timer(deadline);
}

void Connection::arm_timer(Clock::time_point time) {
  fires_at_ = time;
  timer_.expires_at(time);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (ec || !self) return;
    self->fires_at_ = Clock::time_point::max();
    if (self->deadline_ <= Clock::now()) {
      self->socket_.cancel(ec);
    } else if (self->deadline_ != Clock::time_point::max()) {
      self->arm_timer(self->deadline_);
    }
  });
}

Connection::Received Connection::receive() {
  std::array<char, 16 << 10> buffer;
  const ssize_t count = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count > 0) {
    in_.append(buffer.data(), static_cast<std::size_t>(count));
    return Received::kSome;
  }
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    return Received::kNothingYet;
  }
  return Received::kClosed;
}

void Connection::watch(std::shared_ptr<Exchange> exchange) {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this(), exchange](error_code ec) {
    if (ec || self->exchange_ != exchange || self->client_gone_) return;
    if (self->receive() == Received::kClosed) return self->lose_client("client gone");
    // A client that sends this much ahead of its answers is read no further until they are done.
    if (self->in_.size() < self->context_.limits.read_ahead_bytes) self->watch(exchange);
  });
}

void Connection::lose_client(std::string_view why) {
  if (note_.empty()) note_ = why;
  if (std::exchange(client_gone_, true)) return;
  if (exchange_) exchange_->client_gone();
  error_code ignored;
  socket_.cancel(ignored);
  wake_.cancel();
}

}  // namespace cromwell::server
