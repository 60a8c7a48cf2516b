#include "server/exchange.h"

#include <charconv>
#include <utility>

#include "base/log.h"

namespace cromwell::server {
namespace {

class ExchangeResponder : public api::Responder {
 public:
  explicit ExchangeResponder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeResponder() override { exchange_->abandon(); }

  void send(api::HttpResponse response) override { exchange_->send(std::move(response)); }
  void begin_stream(api::HttpResponse head) override { exchange_->begin_stream(std::move(head)); }
  bool write(std::string chunk) override { return exchange_->write(chunk); }
  void end_stream() override { exchange_->end_stream(); }
  void on_gone(std::function<void()> callback) override { exchange_->on_gone(std::move(callback)); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

void log_misuse(const char* what) {
  base::log(base::LogLevel::kError, std::string("responder misused: ") + what);
}

}  // namespace

Exchange::Exchange(Options options) : options_(std::move(options)) {}

std::shared_ptr<api::Responder> Exchange::make_responder(std::shared_ptr<Exchange> exchange) {
  return std::make_shared<ExchangeResponder>(std::move(exchange));
}

void Exchange::send(api::HttpResponse response) {
  const std::scoped_lock lock(mutex_);
  if (detached_) return;
  if (state_ != State::kWaiting) return log_misuse("send() after an answer had begun");
  status_ = response.status;
  ready_ += response_head(response, BodyFraming::kLength, options_.traits);
  if (!options_.head_only && response.status != 204 && response.status != 304) {
    ready_ += response.body;
    shared_ = response.shared_body;
    body_bytes_ = response.text().size();
  }
  state_ = State::kComplete;
  wake_locked();
}

void Exchange::begin_stream(api::HttpResponse head) {
  std::function<void()> callback;
  {
    const std::scoped_lock lock(mutex_);
    if (detached_) return;
    if (state_ != State::kWaiting) return log_misuse("begin_stream() after an answer had begun");
    status_ = head.status;
    event_stream_ = head.content_type.starts_with("text/event-stream");
    framing_ = options_.traits.http11 ? BodyFraming::kChunked : BodyFraming::kUntilClose;
    if (framing_ == BodyFraming::kUntilClose) options_.traits.keep_alive = false;
    ready_ += response_head(head, framing_, options_.traits);
    state_ = State::kStreaming;
    if (options_.head_only) {
      // The client wants nothing more, so the work behind the stream may stop.
      state_ = State::kComplete;
      callback = std::exchange(gone_callback_, nullptr);
      gone_ = true;
    } else {
      append_chunk(head.body);
    }
    wake_locked();
  }
  if (callback) callback();
}

bool Exchange::write(std::string_view chunk) {
  std::function<void()> callback;
  {
    const std::scoped_lock lock(mutex_);
    if (detached_ || gone_ || state_ == State::kAborted) return false;
    if (state_ != State::kStreaming) {
      log_misuse("write() outside a stream");
      return false;
    }
    append_chunk(chunk);
    if (ready_.size() > options_.burst_bytes) {
      state_ = State::kAborted;
      gone_ = true;
      callback = std::exchange(gone_callback_, nullptr);
    }
    wake_locked();
    if (state_ == State::kStreaming) return true;
  }
  if (callback) callback();
  return false;
}

void Exchange::end_stream() {
  const std::scoped_lock lock(mutex_);
  if (detached_ || gone_) return;
  if (state_ != State::kStreaming) return log_misuse("end_stream() outside a stream");
  if (framing_ == BodyFraming::kChunked) ready_ += "0\r\n\r\n";
  state_ = State::kComplete;
  wake_locked();
}

void Exchange::on_gone(std::function<void()> callback) {
  {
    const std::scoped_lock lock(mutex_);
    if (!gone_) {
      if (!detached_) gone_callback_ = std::move(callback);
      return;
    }
  }
  callback();
}

void Exchange::abandon() {
  bool silent = false;
  {
    const std::scoped_lock lock(mutex_);
    if (detached_) return;
    silent = state_ == State::kWaiting;
    if (state_ == State::kStreaming) {
      // Without its end the client sees that the answer is cut short.
      state_ = State::kAborted;
      log_misuse("a stream was left without its end");
      wake_locked();
    }
  }
  if (!silent) return;
  log_misuse("a request was left without an answer");
  send({.status = 500,
        .body = "{\"error\":{\"code\":\"internal\",\"type\":\"server_error\","
                "\"message\":\"the request was left without an answer\",\"param\":null}}\n"});
}

Exchange::Progress Exchange::take(std::string& output, std::shared_ptr<const std::string>& shared) {
  const std::scoped_lock lock(mutex_);
  output.clear();
  output.swap(ready_);
  shared = std::exchange(shared_, nullptr);
  wake_pending_ = false;
  if (state_ == State::kAborted) return Progress::kAborted;
  return state_ == State::kComplete ? Progress::kComplete : Progress::kPending;
}

std::size_t Exchange::backlog_bytes() const {
  const std::scoped_lock lock(mutex_);
  return ready_.size();
}

void Exchange::add_comment() {
  const std::scoped_lock lock(mutex_);
  if (state_ == State::kStreaming && event_stream_ && between_events_ && ready_.empty()) {
    append_chunk(": keep-alive\n\n");
  }
}

void Exchange::client_gone() {
  std::function<void()> callback;
  {
    const std::scoped_lock lock(mutex_);
    if (detached_) return;
    detached_ = true;
    options_.wake = nullptr;
    ready_ = {};
    gone_ = gone_ || state_ == State::kWaiting || state_ == State::kStreaming;
    callback = std::exchange(gone_callback_, nullptr);
    if (!gone_) callback = nullptr;
  }
  if (callback) callback();
}

void Exchange::finished() {
  std::function<void()> released;  // what the callback holds is let go of outside the lock
  const std::scoped_lock lock(mutex_);
  detached_ = true;
  options_.wake = nullptr;
  released = std::exchange(gone_callback_, nullptr);
}

int Exchange::status() const {
  const std::scoped_lock lock(mutex_);
  return status_;
}

std::uint64_t Exchange::body_bytes() const {
  const std::scoped_lock lock(mutex_);
  return body_bytes_;
}

bool Exchange::keep_alive() const {
  const std::scoped_lock lock(mutex_);
  return options_.traits.keep_alive;
}

bool Exchange::is_stream() const {
  const std::scoped_lock lock(mutex_);
  return framing_ != BodyFraming::kLength;
}

void Exchange::append_chunk(std::string_view chunk) {
  if (chunk.empty()) return;  // an empty chunk would end the body
  body_bytes_ += chunk.size();
  if (framing_ == BodyFraming::kChunked) {
    char size[17];
    const auto end = std::to_chars(size, size + sizeof size, chunk.size(), 16).ptr;
    ready_.append(size, end).append("\r\n").append(chunk).append("\r\n");
  } else {
    ready_ += chunk;
  }
  between_events_ = chunk.ends_with("\n\n");
}

// Posts to the connection's thread, under the lock: once detached_, nothing of the connection's may
// be touched.
void Exchange::wake_locked() {
  if (wake_pending_ || !options_.wake) return;
  wake_pending_ = true;
  options_.wake();
}

}  // namespace cromwell::server
