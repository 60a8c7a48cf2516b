#include "api/meters.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "api/error_status.h"

namespace cromwell::api {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// The times of one answer: from the request to its first token, then from token to token.
class TokenTimes {
 public:
  TokenTimes(TimeMeter& first, TimeMeter& gap) : first_(first), gap_(gap) {}

  void token() {
    const auto now = Clock::now();
    (std::exchange(begun_, true) ? gap_ : first_).add(seconds_between(last_, now));
    last_ = now;
  }

 private:
  TimeMeter& first_;
  TimeMeter& gap_;
  Clock::time_point last_ = Clock::now();
  bool begun_ = false;
};

}  // namespace

void TimeMeter::add(double seconds) {
  const auto bound = std::lower_bound(kBoundsSeconds.begin(), kBoundsSeconds.end(), seconds);
  const auto at = static_cast<std::size_t>(bound - kBoundsSeconds.begin());
  counts_[at].fetch_add(1, std::memory_order_relaxed);
  sum_seconds_.fetch_add(seconds, std::memory_order_relaxed);
}

TimeMeter::Reading TimeMeter::read() const {
  Reading reading{.sum_seconds = sum_seconds_.load(std::memory_order_relaxed)};
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    reading.counts[i] = counts_[i].load(std::memory_order_relaxed);
  }
  return reading;
}

engine::EventSink Meters::metered(engine::EventSink sink) {
  // `self` keeps what `times` adds to.
  return [self = shared_from_this(), sink = std::move(sink),
          times = TokenTimes(first_token_, token_gap_)](engine::Event&& event) mutable {
    if (std::holds_alternative<engine::Token>(event)) times.token();
    sink(std::move(event));
  };
}

edit::EditSink Meters::metered(edit::EditSink sink) {
  return [self = shared_from_this(), sink = std::move(sink),
          times = TokenTimes(first_token_, token_gap_),
          applied = false](edit::EditEvent&& event) mutable {
    if (std::holds_alternative<edit::EditToken>(event)) times.token();
    if (std::holds_alternative<edit::EditApplied>(event)) applied = true;
    if (const auto* done = std::get_if<edit::EditDone>(&event)) {
      const bool no_change = done->finish_reason == "no_change";
      self->count_edit(no_change ? "no_change" : applied ? "applied" : "proposed");
    } else if (const auto* failed = std::get_if<edit::EditFailed>(&event)) {
      self->count_edit(std::string(error_status(failed->error.code).code));
    }
    sink(std::move(event));
  };
}

void Meters::count_edit(const std::string& outcome) {
  const std::scoped_lock lock(mutex_);
  ++edits_[outcome];
}

MeterReading Meters::read() const {
  MeterReading reading{.first_token = first_token_.read(), .token_gap = token_gap_.read()};
  const std::scoped_lock lock(mutex_);
  reading.edits = edits_;
  return reading;
}

}  // namespace cromwell::api
