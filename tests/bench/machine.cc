#include "tests/bench/machine.h"

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include "base/cpu.h"
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
  if (isa == "avxvnni") return peak::kAvx2;
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

void bind_thread(pid_t thread, int cpu) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(cpu, &mask);
  sched_setaffinity(thread, sizeof mask, &mask);  // best effort: a sandbox may forbid it
}

std::set<pid_t> threads_of_this_process() {
  std::set<pid_t> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    threads.insert(std::stoi(entry.path().filename()));
  }
  return threads;
}

}  // namespace

void bind_threads(base::ForkJoinPool& pool) {
  const std::vector<int> cpus = base::allowed_cpus();
  const auto cpu_of = [&](int worker) {
    return cpus[static_cast<std::size_t>(worker) % cpus.size()];
  };
  std::vector<pid_t> workers(static_cast<std::size_t>(pool.threads()));
  pool.run([&](int worker) {
    workers[static_cast<std::size_t>(worker)] = gettid();
    bind_thread(gettid(), cpu_of(worker));
  });
  std::set<pid_t> others = threads_of_this_process();
  for (const pid_t worker : workers) others.erase(worker);
  int next = 1;  // such a library's caller is its first worker
  for (const pid_t thread : others) bind_thread(thread, cpu_of(next++));
}

Machine measure_machine(std::string_view isa, base::ForkJoinPool& pool) {
  const peak::Loops& loops = loops_for(isa);
  return {.cpu = cpu_name(),
          .isa = std::string(isa),
          .threads = pool.threads(),
          .gflops = arithmetic_rate(pool, loops.float_flops) / 1e9,
          .gops = arithmetic_rate(pool, loops.int8_ops) / 1e9,
          .read_gbps = read_rate(pool, loops) / 1e9};
}

double seconds_to_read(std::string_view isa, base::ForkJoinPool& pool,
                       std::span<const std::byte> bytes) {
  constexpr std::size_t kPiece = std::size_t{256} << 10;
  const peak::Loops& loops = loops_for(isa);
  const auto start = Clock::now();
  pool.share(static_cast<int>((bytes.size() + kPiece - 1) / kPiece), [&](int share, int) {
    const std::size_t from = static_cast<std::size_t>(share) * kPiece;
    const std::size_t size = std::min(kPiece, bytes.size() - from) / 1024 * 1024;
    volatile std::int32_t keep = loops.read(bytes.data() + from, size);
    static_cast<void>(keep);
  });
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Machine best_of(const Machine& before, const Machine& after) {
  Machine best = before;
  best.gflops = std::max(before.gflops, after.gflops);
  best.gops = std::max(before.gops, after.gops);
  best.read_gbps = std::max(before.read_gbps, after.read_gbps);
  return best;
}

}  // namespace cromwell::bench
