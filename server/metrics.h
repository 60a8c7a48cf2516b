// Metrics: what /metrics says, in Prometheus's text format. Counts the requests itself; all else it
// is given as readings when it is asked. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "api/engine_reading.h"
#include "api/meters.h"
#include "server/process_watch.h"
#include "server/request_log.h"

namespace cromwell::server {

class Metrics {
 public:
  // Before the confinement, which hides what is read of this process.
  explicit Metrics(std::string version);
  ~Metrics();

  void request_done(const RequestLine& line);
  std::string text(const api::MeterReading& meters, const api::EngineReading& engine,
                   std::size_t connections) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::server
