// benchmark_inference: how fast a model computes, without engine or server.
//   benchmark_inference --model F.gguf [--prompt-len N] [--decode-len N] [--threads N] [--repeat N]
// prints prefill and decode; with --columns what a pass of 1, 2, 4, 8 and 16 tokens costs, and with
// --context N decode after N positions and attention's share of it. Medians of repetitions that
// alternate, beside the machine's own peaks, which are measured before and after, and beside a
// plain read of the same weights by as many threads. A pass's operations are those of its weights:
// two for each, once for each token, however it is computed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "model/transformer.h"
#include "tests/bench/forward_run.h"
#include "tests/bench/machine.h"
#include "tests/bench/report.h"
#include "tests/bench/threads.h"

namespace {

using namespace cromwell;
using Clock = std::chrono::steady_clock;

constexpr std::array kColumns{1, 2, 4, 8, 16};
constexpr int kColumnsPrefill = 64;  // whose efficiency is the columns' second term

const std::map<std::string, model::ActivationPrecision> kPrecisions{
    {"int8", model::ActivationPrecision::kInt8},
    {"outliers", model::ActivationPrecision::kInt8Outliers},
    {"pair", model::ActivationPrecision::kInt8Pair}};

struct Options {
  std::string model;
  int prompt_len = 256;
  int decode_len = 64;
  int chunk = 64;
  int threads = base::usable_cores();
  int repeat = 3;
  int context = 0;
  int busy = 0;
  bool columns = false;
  model::ActivationPrecision precision = model::ActivationPrecision::kInt8Outliers;
  bool pack = true;
  bool json = false;

  int length() const {
    if (context > 0) return context + decode_len;
    return columns ? prompt_len + kColumnsPrefill : prompt_len + decode_len;
  }
};

// A peak is the most that was seen: noise only lowers it.
bench::Machine higher(bench::Machine a, const bench::Machine& b) {
  a.gflops = std::max(a.gflops, b.gflops);
  a.gops = std::max(a.gops, b.gops);
  a.read_gbps = std::max(a.read_gbps, b.read_gbps);
  return a;
}

bench::Machine measure_machine(const model::Transformer& model) {
  base::ForkJoinPool pool(model.threads());
  return bench::measure_machine(model.kernels_name(), pool);
}

// The measured seconds of each kind of pass, and afterwards the table that they make.
class Mode {
 public:
  Mode(model::Transformer& model, const Options& options)
      : options_(options),
        cost_(bench::cost_of(model)),
        run_(model, options.length()),
        model_(model),
        pool_(model.threads()) {}
  virtual ~Mode() = default;

  virtual void repetition() = 0;
  virtual void report(const bench::Machine& machine, bench::Report& report) const = 0;

  const bench::ForwardRun& run() const { return run_; }

 protected:
  // Bytes a second of a plain read of all that a pass reads of the file.
  double read_weights() {
    double seconds = 0;
    for (const auto weights : bench::weights_of(model_)) {
      seconds += bench::seconds_to_read(model_.kernels_name(), pool_, weights);
    }
    return cost_.weight_bytes / seconds;
  }

  const Options& options_;
  const bench::ModelCost cost_;
  bench::ForwardRun run_;

 private:
  const model::Transformer& model_;
  base::ForkJoinPool pool_;
};

class PrefillAndDecode final : public Mode {
 public:
  using Mode::Mode;

  void repetition() override {
    const int prompt = options_.prompt_len;
    const int end = prompt + options_.decode_len;
    prefill_.push_back(prompt / run_.prefill(0, prompt, options_.chunk));
    read_.push_back(read_weights());
    decode_.push_back(options_.decode_len / run_.decode(prompt, end));
    const double bytes = cost_.decode_bytes(prompt + options_.decode_len / 2);
    share_.push_back(bytes * decode_.back() / read_.back());
  }

  void report(const bench::Machine& machine, bench::Report& report) const override {
    const double gops =
        cost_.pass_ops(options_.prompt_len) / options_.prompt_len * bench::median(prefill_) / 1e9;
    std::vector<bench::Cell> prefill = row_of("prefill", options_.prompt_len, prefill_);
    prefill.push_back({"GOP/s", gops, 0});
    prefill.push_back({"of int8 peak", gops / machine.gops, 2});
    report.row(std::move(prefill));
    const double read = bench::median(read_) / 1e9;
    std::vector<bench::Cell> decode = row_of("decode", options_.decode_len, decode_);
    decode.push_back({"GB/s", bench::median(share_) * read});
    decode.push_back({"of plain read", bench::median(share_), 2});
    report.row(std::move(decode));
    report.row({{"phase", "plain read"}, {"GB/s", read}});
  }

 private:
  static std::vector<bench::Cell> row_of(const char* phase, int tokens,
                                         const std::vector<double>& rates) {
    const auto [slowest, fastest] = std::minmax_element(rates.begin(), rates.end());
    return {{"phase", phase},
            {"tokens", tokens},
            {"tokens/s", bench::median(rates)},
            {"slowest", *slowest},
            {"fastest", *fastest}};
  }

  std::vector<double> prefill_;  // tokens a second
  std::vector<double> decode_;
  std::vector<double> read_;   // bytes a second
  std::vector<double> share_;  // of decode in the read that ran just before it
};

// A few columns should cost what reading the weights once costs or what their arithmetic costs,
// whichever is more.
class Columns final : public Mode {
 public:
  using Mode::Mode;

  void repetition() override {
    if (prefill_.empty()) run_.prefill(0, options_.prompt_len, options_.chunk);
    const int at = options_.prompt_len;
    prefill_.push_back(run_.pass(at, at + kColumnsPrefill));
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      seconds_[i].push_back(run_.pass(at, at + kColumns[i]));
    }
  }

  void report(const bench::Machine& machine, bench::Report& report) const override {
    const double rate = cost_.pass_ops(kColumnsPrefill) / bench::median(prefill_);
    report.fact("prefill GOP/s", rate / 1e9);
    report.fact("of int8 peak", {rate / 1e9 / machine.gops, 2});
    const double one = bench::median(seconds_[0]);
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const double pass = bench::median(seconds_[i]);
      const double arithmetic = cost_.pass_ops(kColumns[i]) / rate;
      report.row({{"columns", kColumns[i]},
                  {"ms", 1e3 * pass, 2},
                  {"of one pass", pass / one, 2},
                  {"one pass, ms", 1e3 * one, 2},
                  {"arithmetic, ms", 1e3 * arithmetic, 2},
                  {"of the larger", pass / std::max(one, arithmetic), 2},
                  {"GB/s", cost_.decode_bytes(options_.prompt_len) / pass / 1e9}});
    }
  }

 private:
  std::array<std::vector<double>, kColumns.size()> seconds_;
  std::vector<double> prefill_;
};

// What decode at a long context takes longer than decode at the first positions is attention's.
class LongContext final : public Mode {
 public:
  using Mode::Mode;

  void repetition() override {
    if (far_.empty()) run_.prefill(0, options_.context, options_.chunk);
    read_.push_back(read_weights());
    for (int i = 0; i < options_.decode_len; ++i) {
      near_.push_back(run_.pass(0, 1));
      far_.push_back(run_.pass(options_.context + i, options_.context + i + 1));
    }
  }

  void report(const bench::Machine&, bench::Report& report) const override {
    const double near = bench::median(near_);
    const double far = bench::median(far_);
    add_row(report, 0, near, near);
    add_row(report, options_.context, far, near);
  }

 private:
  void add_row(bench::Report& report, int context, double seconds, double without) const {
    const double rate = cost_.decode_bytes(context) / seconds;
    report.row({{"context", context},
                {"tokens/s", 1 / seconds},
                {"ms", 1e3 * seconds, 2},
                {"attention", 1 - without / seconds, 3},
                {"GB/s", rate / 1e9},
                {"of plain read", rate / bench::median(read_), 2}});
  }

  std::vector<double> near_;  // seconds of a pass
  std::vector<double> far_;
  std::vector<double> read_;  // bytes a second
};

std::unique_ptr<Mode> make_mode(model::Transformer& model, const Options& options) {
  if (options.context > 0) return std::make_unique<LongContext>(model, options);
  if (options.columns) return std::make_unique<Columns>(model, options);
  return std::make_unique<PrefillAndDecode>(model, options);
}

void measure(model::Transformer& model, const Options& options, bench::Report& report) {
  const bench::Machine before = measure_machine(model);
  report.fact("fork-join ns", {bench::fork_join_ns(model.threads()), 0});
  const std::unique_ptr<Mode> mode = make_mode(model, options);
  {
    const bench::BusyThreads busy(options.busy);
    for (int i = 0; i < options.repeat; ++i) mode->repetition();
  }
  const bench::Machine machine = higher(before, measure_machine(model));
  report.machine(machine);
  std::array<char, 17> hash{};
  std::snprintf(hash.data(), hash.size(), "%016llx",
                static_cast<unsigned long long>(mode->run().hash()));
  report.fact("logits", hash.data());
  mode->report(machine, report);
  report.print(options.json);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--model", options.model)->required();
  app.add_option("--prompt-len", options.prompt_len)->check(CLI::Range(1, 1 << 20));
  app.add_option("--decode-len", options.decode_len)->check(CLI::Range(1, 1 << 20));
  app.add_option("--chunk", options.chunk, "tokens a pass")->check(CLI::Range(1, 1024));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--repeat", options.repeat)->check(CLI::Range(1, 1000));
  const auto* columns = app.add_flag("--columns", options.columns, "passes of 1 to 16 tokens");
  app.add_option("--context", options.context, "decode after so many positions")
      ->check(CLI::Range(1, 1 << 20))
      ->excludes(const_cast<CLI::Option*>(columns));
  app.add_option("--precision", options.precision, "which activation blocks have a second entry")
      ->transform(CLI::CheckedTransformer(kPrecisions));
  app.add_option("--busy", options.busy, "other threads that use the processor meanwhile")
      ->check(CLI::Range(0, 1024));
  app.add_flag("!--no-pack", options.pack, "read the weights from the file alone");
  app.add_flag("--json", options.json, "one JSON object instead of a table");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("prefill and decode speed of a model");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);

  const auto start = Clock::now();
  const auto file = model::GgufFile::open(options.model);
  if (!file) return std::fprintf(stderr, "%s\n", file.error().message.c_str()), 1;
  const auto model = model::Transformer::create(
      *file, {.threads = options.threads,
              .kv_memory_bytes = std::size_t{2} << 30,
              .max_batch_tokens = std::max(options.chunk, kColumnsPrefill),
              .precision = options.precision,
              .packed_bytes_limit = options.pack ? std::numeric_limits<std::size_t>::max() : 0});
  if (!model) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;
  bench::Report report;
  report.fact("model", (*file)->path());
  report.fact("opened in ms", 1e3 * std::chrono::duration<double>(Clock::now() - start).count());
  if (options.length() > (*model)->context_length()) {
    return std::fprintf(stderr, "the context holds only %d tokens\n", (*model)->context_length()),
           1;
  }
  if (model::PackedWeights* packed = (*model)->packed_weights()) packed->finish();
  report.fact("packed in ms", 1e3 * std::chrono::duration<double>(Clock::now() - start).count());
  measure(**model, options, report);
  return 0;
}
