// ForkJoinPool: the arithmetic threads. One caller (the engine thread) opens a region of shares,
// takes part in it as worker 0 and returns when every share is done. Shares are claimed one by one,
// so a worker that the kernel has not scheduled, or that still sleeps, costs only what it would
// have done: nobody waits for a worker that has not come. Workers spin briefly between regions and
// then park, so that an idle daemon uses no CPU. Not a task queue: see base/task_queue.h.
// threads() may be less than asked for where the system grants no more threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <type_traits>

namespace cromwell::base {

class ForkJoinPool {
 public:
  // `threads` counts the caller: 1 means no worker threads at all.
  explicit ForkJoinPool(int threads);
  ~ForkJoinPool();
  ForkJoinPool(const ForkJoinPool&) = delete;
  ForkJoinPool& operator=(const ForkJoinPool&) = delete;

  int threads() const;

  // Runs body(share, worker) once for each 0 <= share < shares, by whichever worker claims it,
  // 0 <= worker < threads(); low shares are claimed first. No allocation, no std::function: `body`
  // lives on the caller's stack until share() returns. Only one thread may call.
  template <class Body>
  void share(int shares, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    share_erased([](void* context, int share,
                    int worker) { (*static_cast<Plain*>(context))(share, worker); },
                 const_cast<void*>(static_cast<const void*>(&body)), shares);
  }

  // Runs body(worker) once on each worker, begun by all at the same time: for measurements.
  template <class Body>
  void run(Body&& body) {
    std::atomic<int> begun{0};
    share(threads(), [&](int, int worker) {
      for (++begun; begun.load() < threads();) std::this_thread::yield();
      body(worker);
    });
  }

 private:
  using Function = void (*)(void* context, int share, int worker);
  void share_erased(Function function, void* context, int shares);

  struct State;
  std::unique_ptr<State> state_;
};

// Physical cores this process may use: affinity and cgroup CPU quota respected, at least 1.
int usable_cores();

}  // namespace cromwell::base
