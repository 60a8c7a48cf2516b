// The fork-join pool: one epoch counter opens and closes regions, one counter of the workers inside
// ends them.
#include "base/thread_pool.h"

#include <cassert>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <vector>

#include "base/cpu.h"

namespace cromwell::base {
namespace {

constexpr std::size_t kLine = 128;  // two cache lines: neighbours are prefetched in pairs
constexpr std::chrono::microseconds kSpinTime{70};
constexpr int kRelaxesPerClock = 32;  // reading the clock costs more than a look at the counter

// Returns the value once it is `wanted`: spins for kSpinTime, then sleeps in the kernel.
template <class Wanted>
std::uint32_t wait_until(const std::atomic<std::uint32_t>& value, Wanted wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kRelaxesPerClock; ++i) {
      const std::uint32_t now = value.load();
      if (wanted(now)) return now;
      cpu_relax();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  for (;;) {
    const std::uint32_t now = value.load();
    if (wanted(now)) return now;
    value.wait(now);
  }
}

bool is_open(std::uint32_t epoch) { return epoch % 2 == 1; }

}  // namespace

struct ForkJoinPool::State {
  // `epoch` is odd while a region is open. A worker comes in by raising `inside` and then looking
  // whether a region is open; the caller closes the region and then waits until nobody is inside.
  // Both in one total order (sequentially consistent): either the worker sees the region closed, or
  // the caller sees the worker and waits for it.
  alignas(kLine) std::atomic<std::uint32_t> epoch{0};
  std::atomic<std::uint32_t> inside{0};
  // The region: written by the caller while it is closed, except for `next`.
  alignas(kLine) std::atomic<int> next{0};  // the lowest share that nobody has claimed
  int shares = 0;
  Function function = nullptr;
  void* context = nullptr;
  bool stop = false;
  alignas(kLine) std::vector<std::thread> workers;

  void take_shares(int worker) {
    for (int share; (share = next.fetch_add(1, std::memory_order_relaxed)) < shares;) {
      function(context, share, worker);
    }
  }

  void work(int worker) {
    for (std::uint32_t seen = 0;;) {
      wait_until(epoch, [seen](std::uint32_t now) { return is_open(now) && now != seen; });
      inside.fetch_add(1);
      seen = epoch.load();
      if (is_open(seen)) {
        if (stop) return;
        take_shares(worker);
      }
      if (inside.fetch_sub(1) == 1) inside.notify_one();
    }
  }

  void open() {
    epoch.fetch_add(1);
    epoch.notify_all();
  }

  void close() {
    epoch.fetch_add(1);
    wait_until(inside, [](std::uint32_t now) { return now == 0; });
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
  state_->open();
  for (std::thread& worker : state_->workers) worker.join();
}

int ForkJoinPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ForkJoinPool::share_erased(Function function, void* context, int shares) {
  State& state = *state_;
  if (state.workers.empty() || shares <= 1) {
    for (int share = 0; share < shares; ++share) function(context, share, 0);
    return;
  }
  state.function = function;
  state.context = context;
  state.shares = shares;
  state.next.store(0, std::memory_order_relaxed);
  state.open();
  state.take_shares(0);
  state.close();
}

int usable_cores() { return count_usable_cores(allowed_cpus(), "/sys", "/proc"); }

}  // namespace cromwell::base
