// Metrics: what /metrics says, in Prometheus's text format. Counts the requests itself; all else it
// is given as readings when it is asked. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/meters.h"
#include "server/process_watch.h"
#include "server/request_log.h"

namespace cromwell::server {

// How things stand now.
struct EngineReading {
  std::string model;
  bool healthy = true;
  int running = 0;
  int queued = 0;
  int sessions = 0;
  int pages_total = 0;
  int pages_used = 0;
  int pages_idle = 0;  // of those used, by texts that nobody works on
  std::uint64_t steps = 0;
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
