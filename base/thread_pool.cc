// The fork-join pool: one epoch counter starts a region, one counter of unfinished workers ends it.
#include "base/thread_pool.h"

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

#include "base/cpu.h"

namespace cromwell::base {
namespace {

constexpr std::size_t kLine = 128;  // two cache lines: neighbours are prefetched in pairs
constexpr std::chrono::microseconds kSpinTime{70};
constexpr int kRelaxesPerClock = 32;  // reading the clock costs more than a look at the counter

// Returns when `value` is no longer `old`: spins for kSpinTime, then sleeps in the kernel.
void wait_while_equal(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kRelaxesPerClock; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      cpu_relax();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

}  // namespace

struct ForkJoinPool::State {
  // Written by the caller before `epoch` is raised, read by the workers after they saw it.
  alignas(kLine) Function function = nullptr;
  void* context = nullptr;
  bool stop = false;
  alignas(kLine) std::atomic<std::uint32_t> epoch{0};
  alignas(kLine) std::atomic<std::uint32_t> unfinished{0};
  alignas(kLine) std::vector<std::thread> workers;

  void work(int worker) {
    for (std::uint32_t seen = 0;; ++seen) {
      wait_while_equal(epoch, seen);
      if (stop) return;
      function(context, worker);
      if (unfinished.fetch_sub(1) == 1) unfinished.notify_one();
    }
  }

  void start_region() {
    epoch.fetch_add(1);
    epoch.notify_all();
  }
};

ForkJoinPool::ForkJoinPool(int threads) : state_(std::make_unique<State>()) {
  assert(threads >= 1);
  for (int worker = 1; worker < threads; ++worker) {
    try {
      state_->workers.emplace_back([state = state_.get(), worker] { state->work(worker); });
    } catch (const std::system_error&) {
      break;  // the process may have no more threads: work with those that started
    }
  }
}

ForkJoinPool::~ForkJoinPool() {
  state_->stop = true;
  state_->start_region();
  for (std::thread& worker : state_->workers) worker.join();
}

int ForkJoinPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ForkJoinPool::run_erased(Function function, void* context) {
  State& state = *state_;
  if (state.workers.empty()) return function(context, 0);
  state.function = function;
  state.context = context;
  state.unfinished.store(static_cast<std::uint32_t>(state.workers.size()),
                         std::memory_order_relaxed);
  state.start_region();
  function(context, 0);
  for (std::uint32_t left; (left = state.unfinished.load(std::memory_order_acquire)) != 0;) {
    wait_while_equal(state.unfinished, left);
  }
}

int usable_cores() { return count_usable_cores(allowed_cpus(), "/sys", "/proc"); }

}  // namespace cromwell::base
