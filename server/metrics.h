// Metrics: what /metrics says, in Prometheus's text format. Counts the requests itself; all else it
// is given as readings when it is asked. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/meters.h"
#include "server/process_watch.h"
#include "server/request_log.h"

namespace cromwell::server {

// counts[i]: values of at most bounds[i], and above the bound before; the last: above all.
struct HistogramReading {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;  // one more than bounds
  double sum = 0;
};

// How things stand now, and what the engine has counted since it began.
struct EngineReading {
  std::string model;
  bool healthy = true;
  int running = 0;
  int queued = 0;
  int sessions = 0;
  int pages_total = 0;
  int pages_used = 0;
  int pages_idle = 0;  // of those used, by texts that nobody works on
  int pages_shared = 0;
  int pages_pinned = 0;
  std::uint64_t steps = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_tokens = 0;  // of those, not computed again
  std::uint64_t generated_tokens = 0;
  std::uint64_t draft_tokens = 0;
  std::uint64_t accepted_tokens = 0;
  std::uint64_t model_draft_tokens = 0;  // of those, the draft model's
  std::uint64_t model_accepted_tokens = 0;
  std::uint64_t evicted_pages = 0;
  std::uint64_t preempted = 0;
  std::uint64_t refused = 0;
  std::map<std::string, std::uint64_t> endings;
  HistogramReading batch_tokens;
  HistogramReading step_seconds;
};

class Metrics {
 public:
  // Before the confinement, which hides what is read of this process.
  explicit Metrics(std::string version);
  ~Metrics();

  void request_done(const RequestLine& line);
  std::string text(const api::MeterReading& meters, const EngineReading& engine,
                   std::size_t connections) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::server
