#include "api/edit_stream.h"

#include <utility>

#include "api/sse.h"

namespace cromwell::api {

void EditStream::add(std::string_view name, const JsonOut& data, bool is_last) {
  const std::lock_guard lock(mutex_);
  frames_.push_back(sse_event(name, data, ++last_));
  bytes_ += frames_.back().size();
  ended_ = is_last;
  write_to_reader(frames_.back());
  while (bytes_ > kept_bytes_ && frames_.size() > 1) {
    bytes_ -= frames_.front().size();
    frames_.pop_front();
  }
}

// A reader that is gone says so to whom it was told to.
void EditStream::write_to_reader(const std::string& frame) {
  if (!reader_) return;
  if (!reader_->write(frame)) {
    reader_.reset();
  } else if (ended_) {
    std::exchange(reader_, nullptr)->end_stream();
  }
}

base::Result<std::uint64_t> EditStream::attach(std::shared_ptr<Responder> reader,
                                               std::uint64_t after) {
  const std::lock_guard lock(mutex_);
  CROMWELL_TRY(check_locked(after));
  std::string missed;
  for (std::size_t i = frames_.size() - (last_ - after); i < frames_.size(); ++i) {
    missed += frames_[i];
  }
  if (reader_) reader_->end_stream();
  reader_ = std::move(reader);
  reader_->begin_stream(sse_head(std::move(missed)));
  if (ended_) std::exchange(reader_, nullptr)->end_stream();
  return ++readers_;
}

base::Result<> EditStream::check(std::uint64_t after) {
  const std::lock_guard lock(mutex_);
  return check_locked(after);
}

base::Result<> EditStream::check_locked(std::uint64_t after) const {
  if (after > last_) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "Last-Event-ID: expected at most " + std::to_string(last_) + ", got " +
                           std::to_string(after),
                       "Last-Event-ID"};
  }
  if (last_ - after > frames_.size()) {
    return base::Error{base::ErrorCode::kNotFound,
                       "the events after " + std::to_string(after) + " are kept no longer",
                       "Last-Event-ID"};
  }
  return {};
}

}  // namespace cromwell::api
