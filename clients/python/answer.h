// Answer: what an endpoint answers to one request of this process, on its way from a handler, on
// any thread, to whoever reads it, on one thread at a time. Holds at most one whole answer, so that
// a slow reader makes nobody wait. Not here: Python.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/http.h"

namespace cromwell::python {

class Answer {
 public:
  // What the handler gets. If it lets go of it in mid-answer, the answer is broken.
  static std::shared_ptr<api::Responder> make_responder(std::shared_ptr<Answer> answer);

  // For the responder.
  void send(api::HttpResponse response);
  void begin_stream(api::HttpResponse head);
  bool write(const std::string& chunk);
  void end_stream();
  void on_gone(std::function<void()> callback);
  void let_go();

  // For the reader, each waiting for at most so long.
  // The status, or 0 as long as there is none.
  int wait_status(std::chrono::milliseconds wait);
  enum class Progress { kPending, kMore, kEnd, kBroken };
  // Replaces `chunk` by what came since; empty where there is nothing yet.
  Progress take(std::string& chunk, std::chrono::milliseconds wait);
  // No more is wanted: what is being generated ends. Any thread, idempotent.
  void abandon();

 private:
  enum class State { kWaiting, kStreaming, kComplete, kBroken };

  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kWaiting;        // guarded by mutex_, as all below
  bool gone_ = false;                    // nobody reads any more
  int status_ = 0;                       // 0: not known yet
  std::string ready_;                    // and not taken
  std::function<void()> gone_callback_;  // none: not asked for, or called
};

}  // namespace cromwell::python
