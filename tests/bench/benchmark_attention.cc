// benchmark_attention: the speed of attention as a model's layers call it, beside the machine's own
// peaks measured in the same run.
//   benchmark_attention --batch 1 --seq 4096 --heads 32 [--iterations N] [--kv-heads 4]
//                       [--head-dim 64] [--kv-type f16|q8_0] [--threads N] [--json]
// decode: one new token for each of `batch` sequences that are `seq` long, through as many layers
// as make the keys and values larger than the caches, as a whole model's are. prefill: one layer
// over `seq` tokens of each sequence, kChunk tokens a pass. Operations are the two products, four
// for each element of a key that a query meets; bytes are the blocks of keys and values that a pass
// has to read. Figures are medians.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "model/attention_step.h"
#include "tests/bench/machine.h"
#include "tests/bench/report.h"

namespace {

using namespace cromwell;
using Clock = std::chrono::steady_clock;

constexpr int kChunk = 64;
constexpr double kDecodeBytes = 256e6;  // of keys and values: several times a last-level cache
constexpr double kModeSeconds = 2;      // where --iterations does not say how much to do
constexpr std::size_t kLeastRounds = 3;

struct Options {
  int batch = 1;
  int seq = 4096;
  int heads = 32;
  int kv_heads = 4;
  int head_dim = 64;
  int iterations = 0;
  int threads = base::usable_cores();
  kernels::KvType kv_type = kernels::KvType::kF16;
  bool json = false;
};

model::ModelConfig config_of(const Options& options) {
  model::ModelConfig config;
  config.heads = options.heads;
  config.kv_heads = options.kv_heads;
  config.head_dim = options.head_dim;
  config.attention_scale = 1 / std::sqrt(static_cast<double>(options.head_dim));
  config.vocab = 1;
  config.context = options.seq;
  const double layer_bytes =
      2.0 * options.kv_heads * options.batch * options.seq / model::kPageTokens *
      static_cast<double>(kernels::kv_block_bytes(options.kv_type, options.head_dim));
  config.layers = std::clamp(static_cast<int>(kDecodeBytes / layer_bytes), 1, 128);
  return config;
}

struct Cost {
  double seconds = 0;
  double operations = 0;
  double bytes = 0;
};

class Attention {
 public:
  Attention(const Options& options, const kernels::Kernels& table, base::ForkJoinPool& pool,
            model::KvPages pages)
      : options_(options),
        config_(config_of(options)),
        pool_(pool),
        pages_(std::move(pages)),
        plan_({.max_tokens = std::max(kChunk, options.batch),
               .vocab = 1,
               .context = options.seq,
               .pages = pages_.count(),
               .kv_heads = options.kv_heads,
               .group = options.heads / options.kv_heads,
               .threads = pool.threads()}),
        step_(config_, table, pages_, plan_, options.seq, pool.threads()),
        q_(static_cast<std::size_t>(std::max(kChunk, options.batch) * config_.q_dim())),
        out_(q_.size()) {
    for (std::size_t i = 0; i < q_.size(); ++i) q_[i] = mixed(i);
    fill(table);
  }

  static int pages_needed(const Options& options) {
    return options.batch * ((options.seq + model::kPageTokens - 1) / model::kPageTokens);
  }

  int layers() const { return config_.layers; }

  Cost decode() {
    tokens_.clear();
    for (int s = 0; s < options_.batch; ++s) {
      tokens_.push_back({.sequence = s, .position = options_.seq - 1});
    }
    return pass(config_.layers);
  }

  Cost prefill() {
    Cost all;
    for (int s = 0; s < options_.batch; ++s) {
      for (int begin = 0; begin < options_.seq; begin += kChunk) {
        tokens_.clear();
        for (int i = begin; i < std::min(begin + kChunk, options_.seq); ++i) {
          tokens_.push_back({.sequence = s, .position = i});
        }
        const Cost one = pass(1);
        all.seconds += one.seconds;
        all.operations += one.operations;
        all.bytes += one.bytes;
      }
    }
    return all;
  }

 private:
  static float mixed(std::size_t i) { return static_cast<float>(i * 2654435761U % 1024) / 512 - 1; }

  // Page 0 as a model would write it; the others are its copies.
  void fill(const kernels::Kernels& table) {
    const auto dim = static_cast<std::size_t>(options_.head_dim);
    std::vector<float> x(2 * dim);
    for (int layer = 0; layer < config_.layers; ++layer) {
      for (int head = 0; head < options_.kv_heads; ++head) {
        for (int slot = 0; slot < model::kPageTokens; ++slot) {
          for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = mixed(i + static_cast<std::size_t>((slot + 64 * head) * 257));
          }
          table.store_kv(options_.kv_type, x.data(), x.data() + dim, options_.head_dim, slot,
                         pages_.keys(0, layer, head), pages_.values(0, layer, head));
        }
      }
    }
    const auto per_sequence = static_cast<std::size_t>(pages_needed(options_) / options_.batch);
    tables_.resize(static_cast<std::size_t>(options_.batch));
    for (int page = 0; page < pages_needed(options_); ++page) {
      if (page > 0) pages_.copy(0, page);
      tables_[static_cast<std::size_t>(page) / per_sequence].push_back(page);
    }
    for (const auto& table_of_one : tables_) spans_.emplace_back(table_of_one);
  }

  Cost pass(int layers) {
    const model::Batch batch{.tokens = tokens_, .page_tables = spans_};
    if (const auto made = plan_.make(batch); !made) {
      std::fprintf(stderr, "%s\n", made.error().message.c_str());
      std::exit(1);
    }
    const auto start = Clock::now();
    for (int layer = 0; layer < layers; ++layer) {
      step_.run(batch, layer, q_.data(), out_.data(), pool_);
    }
    Cost cost{.seconds = std::chrono::duration<double>(Clock::now() - start).count()};
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const int length = tokens_[i].position + 1;
      cost.operations += 4.0 * length * config_.q_dim() * layers;
      const bool last = i + 1 == tokens_.size() || tokens_[i + 1].sequence != tokens_[i].sequence;
      const int blocks = (length + model::kPageTokens - 1) / model::kPageTokens;
      if (last) cost.bytes += 2.0 * blocks * block_bytes() * layers;
    }
    return cost;
  }

  double block_bytes() const {
    return options_.kv_heads *
           static_cast<double>(kernels::kv_block_bytes(options_.kv_type, options_.head_dim));
  }

  const Options& options_;
  const model::ModelConfig config_;
  base::ForkJoinPool& pool_;
  model::KvPages pages_;
  model::PassPlan plan_;
  model::AttentionStep step_;
  std::vector<float> q_;
  std::vector<float> out_;
  std::vector<std::vector<model::PageId>> tables_;
  std::vector<std::span<const model::PageId>> spans_;
  std::vector<model::BatchToken> tokens_;
};

// The median of as many runs as asked for, or as fit the time.
template <class Run>
Cost median_of(const Options& options, Run&& run) {
  std::vector<Cost> costs;
  double spent = 0;
  const auto enough = [&] {
    if (options.iterations > 0) return costs.size() >= static_cast<std::size_t>(options.iterations);
    return costs.size() >= kLeastRounds && spent >= kModeSeconds;
  };
  (void)run();  // touches what the first pass touches first
  while (!enough()) {
    costs.push_back(run());
    spent += costs.back().seconds;
  }
  const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
  std::nth_element(costs.begin(), middle, costs.end(),
                   [](const Cost& a, const Cost& b) { return a.seconds < b.seconds; });
  return *middle;
}

bench::Cell share(const char* name, double rate, double peak) { return {name, rate / peak, 2}; }

void add_row(bench::Report& report, const bench::Machine& machine, const char* mode, int layers,
             const Cost& cost) {
  const double gflops = cost.operations / cost.seconds / 1e9;
  const double gbps = cost.bytes / cost.seconds / 1e9;
  report.row({{"mode", mode},
              {"layers", layers},
              {"ms", 1e3 * cost.seconds, 3},
              {"GFLOP/s", gflops},
              share("of FMA peak", gflops, machine.gflops),
              {"GB/s", gbps},
              share("of read bandwidth", gbps, machine.read_gbps)});
}

int run(const Options& options) {
  const auto table = kernels::select_kernels();
  if (!table) return std::fprintf(stderr, "%s\n", table.error().message.c_str()), 1;
  base::ForkJoinPool pool(options.threads);
  const model::ModelConfig config = config_of(options);
  const auto page_bytes = static_cast<std::size_t>(2 * config.layers * config.kv_heads) *
                          kernels::kv_block_bytes(options.kv_type, config.head_dim);
  auto pages = model::KvPages::reserve(
      config, options.kv_type,
      static_cast<std::size_t>(Attention::pages_needed(options)) * page_bytes);
  if (!pages) return std::fprintf(stderr, "%s\n", pages.error().message.c_str()), 1;
  const bench::Machine machine = bench::measure_machine((*table)->name, pool);
  Attention attention(options, **table, pool, std::move(*pages));

  bench::Report report;
  report.machine(machine);
  report.fact("batch", options.batch);
  report.fact("seq", options.seq);
  report.fact("heads", options.heads);
  report.fact("kv heads", options.kv_heads);
  report.fact("head dim", options.head_dim);
  report.fact("kv type", kernels::kv_type_name(options.kv_type));
  add_row(report, machine, "decode", attention.layers(),
          median_of(options, [&] { return attention.decode(); }));
  add_row(report, machine, "prefill", 1, median_of(options, [&] { return attention.prefill(); }));
  report.print(options.json);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::string kv_type = "f16";
  CLI::App app("speed of attention, decode and prefill");
  app.add_option("--batch", options.batch, "sequences")->check(CLI::Range(1, 256));
  app.add_option("--seq", options.seq, "positions of each sequence")->check(CLI::Range(1, 1 << 17));
  app.add_option("--heads", options.heads, "query heads")->check(CLI::Range(1, 256));
  app.add_option("--kv-heads", options.kv_heads)->check(CLI::Range(1, 256));
  app.add_option("--head-dim", options.head_dim)->check(CLI::IsMember({64, 80, 96, 128, 256}));
  app.add_option("--iterations", options.iterations, "runs of each mode (0: about 2 seconds)")
      ->check(CLI::Range(0, 1 << 20));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--kv-type", kv_type)->check(CLI::IsMember({"f16", "q8_0"}));
  app.add_flag("--json", options.json, "one JSON object instead of the table");
  CLI11_PARSE(app, argc, argv);
  if (options.heads % options.kv_heads != 0) {
    return std::fprintf(stderr, "--heads: expected a multiple of --kv-heads\n"), 2;
  }
  options.kv_type = *kernels::find_kv_type(kv_type);
  return run(options);
}
