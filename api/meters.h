// Meters: what the service has done, counted: times of tokens, and how edits ended. Handlers hand
// their sinks through here; /metrics reads it. Not here: the text of /metrics (server/), nor what
// the engine counts itself, tokens among it. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "edit/edit_events.h"
#include "engine/generation.h"

namespace cromwell::api {

// How often a time was at most so long.
class TimeMeter {
 public:
  static constexpr std::array<double, 13> kBoundsSeconds = {
      0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48};

  void add(double seconds);

  struct Reading {
    std::array<std::uint64_t, kBoundsSeconds.size() + 1> counts{};  // the last: longer than all
    double sum_seconds = 0;
  };
  Reading read() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsSeconds.size() + 1> counts_{};
  std::atomic<double> sum_seconds_{0};
};

struct MeterReading {
  TimeMeter::Reading first_token;
  TimeMeter::Reading token_gap;
  std::map<std::string, std::uint64_t> edits;  // by "applied", "proposed", "no_change" or an error
};

class Meters : public std::enable_shared_from_this<Meters> {
 public:
  // The same sink, with what passes through counted.
  engine::EventSink metered(engine::EventSink sink);
  edit::EditSink metered(edit::EditSink sink);

  MeterReading read() const;

 private:
  void count_edit(const std::string& outcome);

  TimeMeter first_token_;
  TimeMeter token_gap_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> edits_;  // under the mutex
};

}  // namespace cromwell::api
