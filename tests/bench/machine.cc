#include "tests/bench/machine.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "tests/bench/peak/peak.h"

namespace cromwell::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kAttempts = 12;
constexpr double kAttemptSeconds = 0.02;
constexpr std::size_t kReadBytes = std::size_t{256} << 20;  // many times a last-level cache's share

const peak::Loops& loops_for(std::string_view isa) {
  for (const peak::Loops* loops : {&peak::kAvx512, &peak::kAvx2}) {
    if (isa == loops->isa) return *loops;
  }
  return peak::kScalar;
}

// The most of work(worker) per second, all workers together: work returns what it did.
template <class Work>
double best_rate(base::ForkJoinPool& pool, Work&& work) {
  std::vector<double> done(static_cast<std::size_t>(pool.threads()));
  double best = 0;
  for (int i = 0; i < kAttempts; ++i) {
    const auto start = Clock::now();
    pool.run([&](int worker) { done[static_cast<std::size_t>(worker)] = work(worker); });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    double sum = 0;
    for (const double part : done) sum += part;
    best = std::max(best, sum / seconds);
  }
  return best;
}

// Rounds of an arithmetic loop that take about kAttemptSeconds.
template <class Loop>
std::int64_t rounds_for(Loop&& loop) {
  std::int64_t rounds = 1 << 10;
  for (;; rounds *= 2) {
    const auto start = Clock::now();
    loop(rounds);
    if (std::chrono::duration<double>(Clock::now() - start).count() > kAttemptSeconds) {
      return rounds;
    }
  }
}

template <class Sum>
double arithmetic_rate(base::ForkJoinPool& pool, double (*loop)(std::int64_t, Sum*)) {
  Sum first = 0;
  const std::int64_t rounds = rounds_for([&](std::int64_t n) { loop(n, &first); });
  return best_rate(pool, [&](int) {
    Sum sink = 0;
    const double done = loop(rounds, &sink);
    volatile Sum keep = sink;
    static_cast<void>(keep);
    return done;
  });
}

// Each worker reads its own part, which it touched first.
double read_rate(base::ForkJoinPool& pool, const peak::Loops& loops) {
  void* memory =
      mmap(nullptr, kReadBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 0;
  madvise(memory, kReadBytes, MADV_HUGEPAGE);
  std::byte* bytes = static_cast<std::byte*>(memory);
  const std::size_t part = kReadBytes / static_cast<std::size_t>(pool.threads()) / 4096 * 4096;
  pool.run(
      [&](int worker) { std::memset(bytes + static_cast<std::size_t>(worker) * part, 1, part); });
  const double rate = best_rate(pool, [&](int worker) {
    volatile std::int32_t keep = loops.read(bytes + static_cast<std::size_t>(worker) * part, part);
    static_cast<void>(keep);
    return static_cast<double>(part);
  });
  munmap(memory, kReadBytes);
  return rate;
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

Machine measure_machine(std::string_view isa, base::ForkJoinPool& pool) {
  const peak::Loops& loops = loops_for(isa);
  return {.cpu = cpu_name(),
          .isa = std::string(isa),
          .threads = pool.threads(),
          .gflops = arithmetic_rate(pool, loops.float_flops) / 1e9,
          .gops = arithmetic_rate(pool, loops.int8_ops) / 1e9,
          .read_gbps = read_rate(pool, loops) / 1e9};
}

}  // namespace cromwell::bench
