#include "api/engine_reading.h"

namespace cromwell::api {
namespace {

// In units of `unit` of the engine's own.
template <class Histogram>
HistogramReading read_histogram(const Histogram& histogram, double unit) {
  HistogramReading reading{.counts = {histogram.counts.begin(), histogram.counts.end()},
                           .sum = histogram.sum / unit};
  for (const double bound : Histogram::bounds()) reading.bounds.push_back(bound / unit);
  return reading;
}

}  // namespace

EngineReading read_engine(const engine::Engine& engine, const std::string& model) {
  constexpr double kMsInSecond = 1'000;
  const engine::EngineMetrics now = engine.metrics();
  const engine::EngineCounters& counted = now.counters;
  return {.model = model,
          .healthy = now.healthy,
          .running = now.running,
          .queued = now.queued,
          .sessions = now.sessions,
          .pages_total = now.pages_total,
          .pages_used = now.pages_total - now.pages_free,
          .pages_idle = now.pages_idle,
          .pages_shared = now.pages_shared,
          .pages_pinned = now.pages_pinned,
          .steps = now.steps,
          .prompt_tokens = counted.prompt_tokens + counted.cached_tokens,
          .cached_tokens = counted.cached_tokens,
          .generated_tokens = counted.generated_tokens,
          .draft_tokens = counted.draft_tokens,
          .accepted_tokens = counted.accepted_tokens,
          .model_draft_tokens = counted.model_draft_tokens,
          .model_accepted_tokens = counted.model_accepted_tokens,
          .decode_seconds = counted.decode_ms / kMsInSecond,
          .plain_decode_seconds = counted.plain_ms / kMsInSecond,
          .evicted_pages = counted.evicted_pages,
          .preempted = counted.preempted,
          .refused = now.refused,
          .endings = {{"stop", counted.stopped},
                      {"length", counted.cut},
                      {"cancelled", counted.cancelled},
                      {"error", counted.failed}},
          .batch_tokens = read_histogram(counted.columns, 1),
          .step_seconds = read_histogram(counted.step_ms, kMsInSecond)};
}

}  // namespace cromwell::api
