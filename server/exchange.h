// Exchange: the answer to one request on its way from a handler, on any thread, to the connection,
// on its own. Holds bytes that are ready for the wire and who wants to know that the client has
// gone. Not here: sockets, which is why it may outlive its connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/http.h"
#include "server/response_head.h"

namespace cromwell::server {

class Exchange {
 public:
  struct Options {
    ResponseTraits traits;
    bool head_only = false;       // the request was HEAD
    std::size_t burst_bytes = 0;  // a stream that holds more is cut off
    std::function<void()> wake;   // output is ready or the state changed; any thread
  };
  explicit Exchange(Options options);

  // What the handler gets. If it lets go of it without an answer, the client is told 500.
  static std::shared_ptr<api::Responder> make_responder(std::shared_ptr<Exchange> exchange);

  // For the responder; any thread.
  void send(api::HttpResponse response);
  void begin_stream(api::HttpResponse head);
  bool write(std::string_view chunk);
  void end_stream();
  void on_gone(std::function<void()> callback);
  void abandon();

  // For the connection's thread.
  enum class Progress { kPending, kComplete, kAborted };
  // Replaces `output` by the bytes that became ready, `shared` by a body that is not this answer's
  // alone and comes after them, and says whether more may follow.
  Progress take(std::string& output, std::shared_ptr<const std::string>& shared);
  std::size_t backlog_bytes() const;  // ready and not taken
  // Adds an SSE comment if this is an event stream that stands between two events.
  void add_comment();
  // No more output is wanted. The first of the two that is called counts.
  void client_gone();
  void finished();

  int status() const;
  std::uint64_t body_bytes() const;
  bool keep_alive() const;
  bool is_stream() const;

 private:
  enum class State { kWaiting, kStreaming, kComplete, kAborted };

  void append_chunk(std::string_view chunk);
  void wake_locked();

  mutable std::mutex mutex_;
  Options options_;
  State state_ = State::kWaiting;
  bool detached_ = false;  // the connection is done with this exchange
  bool gone_ = false;      // ... because its client left
  bool wake_pending_ = false;
  bool event_stream_ = false;
  bool between_events_ = true;
  BodyFraming framing_ = BodyFraming::kLength;
  std::string ready_;
  std::shared_ptr<const std::string> shared_;
  int status_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::function<void()> gone_callback_;
};

}  // namespace cromwell::server
