#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <span>
#include <utility>
#include <vector>

#include "api/routes.h"

namespace cromwell::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Families = std::vector<MetricFamily>;
using Labels = std::vector<ClientMetric::Label>;

const prometheus::Histogram::BucketBoundaries kDurationBounds = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120};

// One of ours, or "other": what a client invents makes no new series.
std::string route_label(const RequestLine& line) {
  const std::string method = line.method == "HEAD" ? "GET" : line.method;
  const api::RouteMatch match = api::find_route(method, line.path);
  return match.route == nullptr ? "other" : std::string(match.route->path);
}

std::string method_label(const RequestLine& line) {
  for (const char* known : {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}) {
    if (line.method == known) return known;
  }
  return "other";
}

MetricFamily family(const char* name, const char* help, MetricType type) {
  return {.name = name, .help = help, .type = type, .metric = {}};
}

void add_gauge(Families& all, const char* name, const char* help, double value,
               Labels labels = {}) {
  MetricFamily one = family(name, help, MetricType::Gauge);
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  one.metric.push_back(std::move(metric));
  all.push_back(std::move(one));
}

void add_sum(Families& all, const char* name, const char* help, double value) {
  MetricFamily one = family(name, help, MetricType::Counter);
  ClientMetric metric;
  metric.counter.value = value;
  one.metric.push_back(std::move(metric));
  all.push_back(std::move(one));
}

void add_counter(Families& all, const char* name, const char* help, std::uint64_t value) {
  add_sum(all, name, help, static_cast<double>(value));
}

void add_counters(Families& all, const char* name, const char* help, const std::string& label,
                  const std::map<std::string, std::uint64_t>& counts) {
  MetricFamily one = family(name, help, MetricType::Counter);
  for (const auto& [value, count] : counts) {
    ClientMetric metric;
    metric.label = {{label, value}};
    metric.counter.value = static_cast<double>(count);
    one.metric.push_back(std::move(metric));
  }
  all.push_back(std::move(one));
}

void add_histogram(Families& all, const char* name, const char* help,
                   std::span<const double> bounds, std::span<const std::uint64_t> counts,
                   double sum) {
  MetricFamily one = family(name, help, MetricType::Histogram);
  ClientMetric metric;
  auto& histogram = metric.histogram;
  histogram.sample_sum = sum;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    histogram.sample_count += counts[i];
    if (i < bounds.size()) histogram.bucket.push_back({histogram.sample_count, bounds[i]});
  }
  one.metric.push_back(std::move(metric));
  all.push_back(std::move(one));
}

void add_times(Families& all, const char* name, const char* help,
               const api::TimeMeter::Reading& reading) {
  add_histogram(all, name, help, api::TimeMeter::kBoundsSeconds, reading.counts,
                reading.sum_seconds);
}

void add_meters(Families& all, const api::MeterReading& meters) {
  add_times(all, "cromwell_time_to_first_token_seconds", "From a request to its first token",
            meters.first_token);
  add_times(all, "cromwell_token_gap_seconds", "From one token of an answer to the next",
            meters.token_gap);
  add_counters(all, "cromwell_edits_total",
               "Edits by how they ended: applied, proposed, no_change or an error", "outcome",
               meters.edits);
}

void add_tokens(Families& all, const api::EngineReading& engine) {
  add_counter(all, "cromwell_prompt_tokens_total", "Tokens of prompts", engine.prompt_tokens);
  add_counter(all, "cromwell_cached_tokens_total", "Tokens of prompts that were not computed again",
              engine.cached_tokens);
  add_counter(all, "cromwell_generated_tokens_total", "Tokens generated", engine.generated_tokens);
  add_counter(all, "cromwell_draft_tokens_total", "Tokens guessed", engine.draft_tokens);
  add_counter(all, "cromwell_accepted_tokens_total", "Tokens guessed right",
              engine.accepted_tokens);
  add_counter(all, "cromwell_draft_model_tokens_total",
              "Tokens guessed by the draft model, which the others' count holds too",
              engine.model_draft_tokens);
  add_counter(all, "cromwell_draft_model_accepted_tokens_total",
              "Tokens that the draft model guessed right", engine.model_accepted_tokens);
  add_sum(
      all, "cromwell_decode_seconds_total",
      "Time of the passes that wrote the answers that have ended, of each answer its own, without "
      "those that read a prompt too",
      engine.decode_seconds);
  add_sum(all, "cromwell_plain_decode_seconds_total",
          "What their tokens would have taken one by one: the multiple is its quotient by the "
          "time that they took",
          engine.plain_decode_seconds);
}

void add_generations(Families& all, const api::EngineReading& engine) {
  add_gauge(all, "cromwell_generations_running", "Generations in the batch", engine.running);
  add_gauge(all, "cromwell_generations_queued", "Generations that wait", engine.queued);
  add_counters(all, "cromwell_generations_total",
               "Generations by how they ended: by themselves, at a limit, cancelled or failed",
               "ending", engine.endings);
  add_counter(all, "cromwell_generations_refused_total",
              "Generations refused: the queue was full, or the daemon ends", engine.refused);
  add_counter(all, "cromwell_generations_preempted_total",
              "Times that a generation gave way to another", engine.preempted);
}

void add_pages(Families& all, const api::EngineReading& engine) {
  add_gauge(all, "cromwell_kv_pages", "Pages for keys and values", engine.pages_total);
  add_gauge(all, "cromwell_kv_pages_used", "Pages that hold a text", engine.pages_used);
  add_gauge(all, "cromwell_kv_pages_idle", "Pages that hold a text nobody works on",
            engine.pages_idle);
  add_gauge(all, "cromwell_kv_pages_shared", "Pages that several generations read",
            engine.pages_shared);
  add_gauge(all, "cromwell_kv_pages_pinned", "Pages that are taken last", engine.pages_pinned);
  add_counter(all, "cromwell_kv_pages_evicted_total",
              "Pages taken from texts that nobody worked on", engine.evicted_pages);
}

void add_engine(Families& all, const api::EngineReading& engine) {
  add_gauge(all, "cromwell_model_healthy", "1 until the model has failed", engine.healthy ? 1 : 0);
  add_gauge(all, "cromwell_sessions", "Sessions whose texts are known", engine.sessions);
  add_counter(all, "cromwell_engine_steps_total", "Passes of the engine; one a second when idle",
              engine.steps);
  const auto histogram = [&](const char* name, const char* help,
                             const api::HistogramReading& reading) {
    add_histogram(all, name, help, reading.bounds, reading.counts, reading.sum);
  };
  histogram("cromwell_batch_tokens", "Tokens of each pass", engine.batch_tokens);
  histogram("cromwell_step_seconds", "Time of a pass and of choosing its tokens",
            engine.step_seconds);
  add_tokens(all, engine);
  add_generations(all, engine);
  add_pages(all, engine);
}

void add_process(Families& all, const ProcessUsage& usage) {
  add_gauge(all, "process_resident_memory_bytes", "Resident memory",
            static_cast<double>(usage.resident_bytes));
  add_gauge(all, "process_start_time_seconds", "Start time since 1970", usage.start_seconds);
  add_sum(all, "process_cpu_seconds_total", "Time on CPUs", usage.cpu_seconds);
}

}  // namespace

struct Metrics::Impl {
  std::string version;
  ProcessWatch process;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("cromwell_http_requests_total")
          .Help("Requests by route, method and status; 499: the client left")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("cromwell_http_request_duration_seconds")
          .Help("From a request's first byte to the last of its answer")
          .Register(registry);
};

Metrics::Metrics(std::string version) : impl_(std::make_unique<Impl>()) {
  impl_->version = std::move(version);
}

Metrics::~Metrics() = default;

void Metrics::request_done(const RequestLine& line) {
  const std::string route = route_label(line);
  impl_->requests
      .Add({{"route", route},
            {"method", method_label(line)},
            {"status", std::to_string(line.status)}})
      .Increment();
  impl_->durations.Add({{"route", route}}, kDurationBounds)
      .Observe(std::chrono::duration<double>(line.duration).count());
}

std::string Metrics::text(const api::MeterReading& meters, const api::EngineReading& engine,
                          std::size_t connections) const {
  Families all = impl_->registry.Collect();
  add_gauge(all, "cromwell_http_connections", "Open connections", static_cast<double>(connections));
  add_meters(all, meters);
  add_engine(all, engine);
  add_process(all, impl_->process.read());
  add_gauge(all, "cromwell_build_info", "Always 1; what runs is in the labels", 1,
            {{"version", impl_->version}});
  add_gauge(all, "cromwell_model_info", "Always 1; the model is in the label", 1,
            {{"model", engine.model}});
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace cromwell::server
