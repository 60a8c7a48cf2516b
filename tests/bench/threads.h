// Measurements of threads themselves: what a region costs, and what else may run meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "tests/bench/forward_run.h"

namespace cromwell::bench {

// What else runs on this machine: threads that only use the processor, for as long as this lives.
class BusyThreads {
 public:
  explicit BusyThreads(int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        while (!stop_.load(std::memory_order_relaxed)) base::cpu_relax();
      });
    }
  }
  ~BusyThreads() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// Nanoseconds that opening and closing a region without work takes, typically.
inline double fork_join_ns(int threads) {
  constexpr int kRegions = 5001;
  base::ForkJoinPool pool(threads);
  std::vector<double> ns;
  for (int i = 0; i < kRegions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    pool.share(threads, [](int, int) {});
    ns.push_back(
        std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count());
  }
  return median(std::move(ns));
}

}  // namespace cromwell::bench
