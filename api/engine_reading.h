// EngineReading: how the engine stands now, and what it has counted since it began, as /metrics
// tells it. Not here: what the service counts itself (api/meters). Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace cromwell::api {

// counts[i]: values of at most bounds[i], and above the bound before; the last: above all.
struct HistogramReading {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;  // one more than bounds
  double sum = 0;
};

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
  double decode_seconds = 0;  // that answers' passes took, and would have taken without guesses
  double plain_decode_seconds = 0;
  std::uint64_t evicted_pages = 0;
  std::uint64_t preempted = 0;
  std::uint64_t refused = 0;
  std::map<std::string, std::uint64_t> endings;
  HistogramReading batch_tokens;
  HistogramReading step_seconds;
};

EngineReading read_engine(const engine::Engine& engine, const std::string& model);

}  // namespace cromwell::api
