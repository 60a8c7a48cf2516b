// EditStream: the events of one edit as numbered frames, which a client whose connection broke has
// again from where it left off. Not here: how long it is kept without a reader (api/stream_keeper).
// Frames come from one thread at a time, readers from any.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/http.h"
#include "api/json_writer.h"
#include "base/result.h"

namespace cromwell::api {

class EditStream {
 public:
  // Of its frames only the last are kept that together have so many bytes.
  explicit EditStream(std::size_t kept_bytes) : kept_bytes_(kept_bytes) {}

  void add(std::string_view name, const JsonOut& data, bool is_last);

  // Answers with the events past number `after`, and with what comes from now on; the reader before
  // gets no more. Returns how many readers there have been. kInvalidRequest for a number that was
  // not given out yet, kNotFound where events past it are kept no longer.
  base::Result<std::uint64_t> attach(std::shared_ptr<Responder> reader, std::uint64_t after);
  // The same errors, and nothing else.
  base::Result<> check(std::uint64_t after);

 private:
  base::Result<> check_locked(std::uint64_t after) const;
  void write_to_reader(const std::string& frame);

  const std::size_t kept_bytes_;
  std::mutex mutex_;
  std::deque<std::string> frames_;
  std::uint64_t last_ = 0;  // the number of the last frame; the first has 1
  std::size_t bytes_ = 0;   // of the frames that are kept
  bool ended_ = false;
  std::uint64_t readers_ = 0;
  std::shared_ptr<Responder> reader_;
};

}  // namespace cromwell::api
