// benchmark_gemm: the speed of y = W x^T for one weight type, W: [n, k], x: [m tokens, k], beside
// the machine's own peaks; float weights also beside OpenBLAS, alternately.
//   benchmark_gemm --m 2048 --n 2048 --k 2048 [--iterations N] [--type Q4_0] [--threads N] [--json]
//   benchmark_gemm --sweep squares|layers|head ...      the shapes that issue 4 is judged by
// --sweep layers and head read the weights from memory, as a pass over a model does: each call
// takes the next of several copies, more than any cache holds (--cold does it for one shape).
// --packed multiplies copies in the kernels' order (kernels/packed_rows.h) instead of the file's,
// which OpenBLAS still gets. A figure is the median of several rounds; the ratio to OpenBLAS (its
// time over ours) the median of the rounds' ratios. GB/s counts the weights once. Ends with status
// 1 if results differ.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "kernels/packed_rows.h"
#include "tests/bench/blas.h"
#include "tests/bench/machine.h"
#include "tests/bench/report.h"

namespace {

using namespace cromwell;
using kernels::WeightType;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 7;
constexpr std::size_t kColdBytes = std::size_t{128} << 20;  // of copies of cold weights
constexpr double kRoundSeconds = 0.03;  // where --iterations does not say how much to do

struct Shape {
  int m = 0;
  int n = 0;
  int k = 0;

  double operations() const { return 2.0 * m * n * k; }
};

struct Options {
  Shape shape{2048, 2048, 2048};
  std::string sweep;
  std::string type = "F32";
  int iterations = 0;
  int threads = base::usable_cores();
  bool cold = false;
  bool packed = false;
  bool json = false;
};

bool cold_sweep(const Options& options) {
  return options.sweep == "layers" || options.sweep == "head";
}

std::vector<Shape> shapes_of(const Options& options) {
  if (options.sweep.empty()) return {options.shape};
  std::vector<Shape> shapes;
  if (options.sweep == "squares") {
    for (const int size : {256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096}) {
      shapes.push_back({size, size, size});
    }
    return shapes;
  }
  const std::vector<Shape> layers = {
      {0, 2048, 2048}, {0, 256, 2048}, {0, 5632, 2048}, {0, 2048, 5632}};
  const std::vector<Shape> head = {{0, 50000, 2048}};
  for (const Shape& w : options.sweep == "layers" ? layers : head) {
    for (const int m : {1, 4, 16, 64, 256}) shapes.push_back({m, w.n, w.k});
  }
  return shapes;
}

// Any bytes are quantised weights. Those below are small and normal numbers as halves, too.
std::vector<std::byte> random_weights(WeightType type, std::size_t bytes) {
  std::vector<std::byte> weights(bytes);
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  if (type == WeightType::kF32) {
    for (std::size_t i = 0; i < bytes; i += sizeof(float)) {
      const float value = static_cast<float>(next()) * 0x1p-24f - 0.5f;
      std::memcpy(&weights[i], &value, sizeof value);
    }
  } else {
    for (std::byte& b : weights) b = static_cast<std::byte>(0x20 | (next() & 0x0f));
  }
  return weights;
}

// One product with its operands, and both ways to compute it.
class Product {
 public:
  Product(const kernels::Kernels& table, WeightType type, Shape shape, const Options& options,
          base::ForkJoinPool& pool)
      : shape_(shape), pool_(pool), multiply_(table.matmul(type)) {
    const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(type);
    const std::size_t row =
        static_cast<std::size_t>(shape.k) / traits.block_size * traits.block_bytes;
    bytes_ = row * static_cast<std::size_t>(shape.n);
    const bool cold = options.cold || cold_sweep(options);
    copies_ = cold ? (kColdBytes + bytes_ - 1) / bytes_ : 1;
    weights_ = random_weights(type, bytes_);
    weights_.reserve(copies_ * bytes_);
    for (std::size_t i = 1; i < copies_; ++i) {
      weights_.insert(weights_.end(), weights_.begin(),
                      weights_.begin() + static_cast<std::ptrdiff_t>(bytes_));
    }
    w_ = {weights_.data(), type, shape.n, shape.k, row};
    if (options.packed) pack();
    x_.resize(static_cast<std::size_t>(shape.m) * static_cast<std::size_t>(shape.k));
    for (std::size_t i = 0; i < x_.size(); ++i) {
      x_[i] = static_cast<float>(i * 2654435761U % 1024) / 1024 - 0.5f;
    }
    y_.resize(static_cast<std::size_t>(shape.m) * static_cast<std::size_t>(shape.n));
    activations_.f32 = x_.data();
    if (kernels::wants_quantized(type)) quantize(table);
  }

  void ours() {
    next_copy();
    constexpr int kAlign = kernels::kRowAlign;
    const std::ptrdiff_t units = (shape_.n + kAlign - 1) / kAlign;
    pool_.run([&](int worker) {
      const auto bound = [&](int i) {
        return static_cast<int>(
            std::min<std::ptrdiff_t>(units * i / pool_.threads() * kAlign, shape_.n));
      };
      if (bound(worker) == bound(worker + 1)) return;
      multiply_(w_, activations_, shape_.m, bound(worker), bound(worker + 1), y_.data(), shape_.n);
    });
  }

  void blas() {
    next_copy();
    blas_y_.resize(y_.size());
    bench::blas_multiply(x_.data(), reinterpret_cast<const float*>(w_.data), shape_.m, shape_.n,
                         shape_.k, blas_y_.data());
  }

  // Both sums of k terms of at most 1/4, added in different orders.
  bool same() const {
    for (std::size_t i = 0; i < blas_y_.size(); ++i) {
      if (!(std::fabs(y_[i] - blas_y_[i]) <= 1e-6f * static_cast<float>(shape_.k))) return false;
    }
    return true;
  }

  double weight_bytes() const { return static_cast<double>(bytes_); }

 private:
  void quantize(const kernels::Kernels& table) {
    blocks_.resize(x_.size() / kernels::kActivationBlock);
    outliers_.resize(blocks_.size());
    marks_.resize(blocks_.size());
    groups_.resize(blocks_.size());
    ranges_.resize(blocks_.size());
    activations_.q8 = {.blocks = blocks_.data(),
                       .outliers = outliers_.data(),
                       .groups = groups_.data(),
                       .marks = marks_.data(),
                       .ranges = ranges_.data(),
                       .tokens = shape_.m,
                       .cols = shape_.k};
    kernels::clear_marks(activations_.q8);
    constexpr float kNoOutliers = std::numeric_limits<float>::infinity();
    table.quantize_activations(x_.data(), 0, shape_.m, kNoOutliers, activations_.q8);
  }

  void pack() {
    packed_bytes_ = kernels::packed_bytes(w_);
    packed_.resize(copies_ * packed_bytes_ / sizeof(Line));
    std::byte* const first = packed_.front().bytes;
    kernels::pack_rows(w_, 0, kernels::packed_runs(w_), first);
    for (std::size_t i = 1; i < copies_; ++i) {
      std::memcpy(first + i * packed_bytes_, first, packed_bytes_);
    }
  }

  void next_copy() {
    copy_ = (copy_ + 1) % copies_;
    w_.data = weights_.data() + copy_ * bytes_;
    if (!packed_.empty()) w_.packed = packed_.front().bytes + copy_ * packed_bytes_;
  }

  struct alignas(64) Line {
    std::byte bytes[64];
  };

  Shape shape_;
  base::ForkJoinPool& pool_;
  kernels::MatmulFn multiply_;
  kernels::WeightMatrix w_;
  kernels::Activations activations_;
  std::size_t bytes_ = 0;  // of one copy
  std::size_t packed_bytes_ = 0;
  std::size_t copies_ = 1;
  std::size_t copy_ = 0;
  std::vector<std::byte> weights_;  // [copies, bytes_]
  std::vector<Line> packed_;        // [copies, packed_bytes_]
  std::vector<float> x_;
  std::vector<float> y_;
  std::vector<float> blas_y_;
  std::vector<kernels::ActivationBlock> blocks_;
  std::vector<kernels::ActivationBlock> outliers_;
  std::vector<kernels::ActivationGroup> groups_;
  std::vector<std::uint64_t> marks_;
  std::vector<float> ranges_;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Seconds of one call: the median of `calls`, or of as many as fill a round. A call before them
// wakes the threads and fills the caches, unless a call is longer than such effects.
template <class Call>
double time_calls(int calls, bool warm_up, Call&& call) {
  if (warm_up) call();
  std::vector<double> seconds;
  double total = 0;
  do {
    const auto start = Clock::now();
    call();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    total += seconds.back();
  } while (calls > 0 ? static_cast<int>(seconds.size()) < calls : total < kRoundSeconds);
  return median(std::move(seconds));
}

struct Timing {
  Shape shape;
  double weight_bytes = 0;
  double ours = 0;   // seconds
  double blas = 0;   // 0 without OpenBLAS
  double ratio = 0;  // blas / ours
};

Timing measure(Product& product, const Options& options, bool with_blas) {
  const int calls = options.iterations > 0 ? std::max(1, options.iterations / kRounds) : 0;
  const bool pause = with_blas && options.threads > 1;
  const bool warm_up = time_calls(1, false, [&] { product.ours(); }) < kRoundSeconds;
  std::vector<double> ours;
  std::vector<double> blas;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    if (pause) std::this_thread::sleep_for(std::chrono::milliseconds(bench::kBlasSpinMs));
    ours.push_back(time_calls(calls, warm_up, [&] { product.ours(); }));
    if (!with_blas) continue;
    blas.push_back(time_calls(calls, warm_up, [&] { product.blas(); }));
    ratios.push_back(blas.back() / ours.back());
  }
  Timing timing{.weight_bytes = product.weight_bytes(), .ours = median(ours)};
  if (!with_blas) return timing;
  timing.blas = median(blas);
  timing.ratio = median(ratios);
  return timing;
}

std::optional<WeightType> type_named(const std::string& name) {
  for (std::uint32_t i = 0; i < 64; ++i) {
    const kernels::WeightTypeTraits* traits =
        kernels::weight_type_traits(static_cast<WeightType>(i));
    if (traits != nullptr && traits->name == name) return static_cast<WeightType>(i);
  }
  return std::nullopt;
}

std::vector<bench::Cell> row_of(const Timing& timing, bool integers,
                                const bench::Machine& machine) {
  const Shape& shape = timing.shape;
  const double speed = shape.operations() / timing.ours / 1e9;
  const double bandwidth = timing.weight_bytes / timing.ours / 1e9;
  std::vector<bench::Cell> cells = {
      {"m", shape.m},
      {"n", shape.n},
      {"k", shape.k},
      {"ms", 1e3 * timing.ours, 3},
      {integers ? "GOP/s" : "GFLOP/s", speed, 1},
      {"of peak", speed / (integers ? machine.gops : machine.gflops), 3},
      {"GB/s", bandwidth, 1},
      {"of read", bandwidth / machine.read_gbps, 3}};
  if (timing.blas > 0) {
    cells.emplace_back("OpenBLAS GFLOP/s", shape.operations() / timing.blas / 1e9, 1);
    cells.emplace_back("ratio", timing.ratio, 3);
  }
  return cells;
}

double geometric_mean_ratio(const std::vector<Timing>& timings) {
  double sum = 0;
  for (const Timing& timing : timings) sum += std::log(timing.ratio);
  return std::exp(sum / static_cast<double>(timings.size()));
}

int run(const Options& options) {
  const auto table = kernels::select_kernels();
  if (!table) return std::fprintf(stderr, "%s\n", table.error().message.c_str()), 2;
  const std::optional<WeightType> type = type_named(options.type);
  if (!type) return std::fprintf(stderr, "--type %s: unknown\n", options.type.c_str()), 2;
  const std::vector<Shape> shapes = shapes_of(options);
  const std::size_t block = kernels::weight_type_traits(*type)->block_size;
  const bool integers = kernels::wants_quantized(*type);
  for (const Shape& shape : shapes) {
    const std::size_t unit = integers ? std::max<std::size_t>(32, block) : block;
    if (static_cast<std::size_t>(shape.k) % unit != 0) {
      std::fprintf(stderr, "--k %d: not a multiple of %zu\n", shape.k, unit);
      return 2;
    }
  }
  base::ForkJoinPool pool(options.threads);
  bench::set_blas_threads(options.threads);
  bench::bind_threads(pool);
  bench::Machine machine = bench::measure_machine((*table)->name, pool);
  const bool with_blas = *type == WeightType::kF32 && !bench::blas_name().empty();
  bool same = true;
  std::vector<Timing> timings;
  for (const Shape& shape : shapes) {
    Product product(**table, *type, shape, options, pool);
    timings.push_back(measure(product, options, with_blas));
    timings.back().shape = shape;
    same &= product.same();
  }
  machine = bench::best_of(machine, bench::measure_machine((*table)->name, pool));

  bench::Report report;
  report.machine(machine);
  report.fact("weights", options.type + (options.packed ? ", packed" : ""));
  report.fact("OpenBLAS", bench::blas_name().empty() ? "absent" : bench::blas_name());
  if (with_blas) report.fact("mean ratio", {geometric_mean_ratio(timings), 3});
  for (const Timing& timing : timings) report.row(row_of(timing, integers, machine));
  report.print(options.json);
  if (!same) std::fprintf(stderr, "our product and OpenBLAS's differ\n");
  return same ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("speed of matrix products");
  app.add_option("--m", options.shape.m, "tokens")->check(CLI::Range(1, 1 << 16));
  app.add_option("--n", options.shape.n, "rows of the weights")->check(CLI::Range(1, 1 << 18));
  app.add_option("--k", options.shape.k, "columns of the weights")->check(CLI::Range(1, 1 << 18));
  app.add_option("--iterations", options.iterations,
                 "products of each shape; 0: a fifth of a second")
      ->check(CLI::Range(0, 1 << 20));
  app.add_option("--sweep", options.sweep)->check(CLI::IsMember({"squares", "layers", "head"}));
  app.add_option("--type", options.type, "of the weights, as GGUF tools print it");
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_flag("--cold", options.cold, "weights from memory, as a pass over a model reads them");
  app.add_flag("--packed", options.packed, "weights as they lie in a model that is loaded");
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
