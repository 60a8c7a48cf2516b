// StreamKeeper: the streams of edits that a client may come back to, and for how long: while one
// reads, and some time after the last reader left or the edit ended. Then the edit is cancelled, if
// it still runs, and its stream forgotten. Thread-safe; its own thread waits for the times.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "api/edit_stream.h"

namespace cromwell::api {

struct StreamLimits {
  std::chrono::milliseconds patience{30'000};  // without a reader, or since the edit's end
  std::size_t streams = 64;                    // one more: the oldest is forgotten
  std::size_t bytes = 1U << 20;                // of one stream's events
};

class StreamKeeper : public std::enable_shared_from_this<StreamKeeper> {
 public:
  explicit StreamKeeper(StreamLimits limits = {});
  ~StreamKeeper();

  // A new stream for the edit of this id, read by `reader`. `edit` ends it.
  std::shared_ptr<EditStream> open(const std::string& id, std::shared_ptr<Responder> reader,
                                   std::shared_ptr<base::CallSwitch> edit);
  // The edit has ended: from now on the stream is kept for the last time.
  void ended(const std::string& id);
  // Lets `reader` go on after event number `after`: errors of EditStream::attach, or kNotFound.
  base::Result<> resume(const std::string& id, std::shared_ptr<Responder> reader,
                        std::uint64_t after);
  // The same errors, and nothing else.
  base::Result<> check(const std::string& id, std::uint64_t after);
  // Cancels the edit, which its reader is told as any other error. False if it had ended already;
  // kNotFound as for resume().
  base::Result<bool> cancel(const std::string& id);

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::shared_ptr<EditStream> stream;
    std::shared_ptr<base::CallSwitch> edit;
    std::uint64_t age = 0;     // streams that were opened before
    std::uint64_t reader = 0;  // the number of the one that reads, or was the last to
    bool ended = false;
    Clock::time_point deadline = Clock::time_point::max();
  };

  base::Result<Kept> find(const std::string& id);
  base::Result<> attach(const std::string& id, const Kept& to, std::shared_ptr<Responder> reader,
                        std::uint64_t after);
  void reader_came(const std::string& id, std::uint64_t number);
  bool reader_left(const std::string& id, std::uint64_t number);
  std::shared_ptr<base::CallSwitch> forget_oldest();
  void run();
  Clock::time_point next_deadline() const;

  const StreamLimits limits_;
  std::mutex mutex_;  // nothing of a stream or a reader is called under it
  std::condition_variable changed_;
  std::map<std::string, Kept> kept_;
  std::uint64_t opened_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cromwell::api
