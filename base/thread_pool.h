// ForkJoinPool: the arithmetic threads. One caller (the engine thread) forks a parallel region,
// takes part in it as worker 0 and returns when every worker has finished. Workers spin briefly
// between regions and then park, so that an idle daemon uses no CPU. Not a task queue: see
// base/task_queue.h. threads() may be less than asked for where the system grants no more threads.
#pragma once

#include <cstddef>
#include <memory>

namespace cromwell::base {

class ForkJoinPool {
 public:
  // `threads` counts the caller: 1 means no worker threads at all.
  explicit ForkJoinPool(int threads);
  ~ForkJoinPool();
  ForkJoinPool(const ForkJoinPool&) = delete;
  ForkJoinPool& operator=(const ForkJoinPool&) = delete;

  int threads() const;

  // Runs body(worker) once on each worker, 0 <= worker < threads(). No allocation, no
  // std::function: `body` lives on the caller's stack until run() returns. Only one thread may call
  // run().
  template <class Body>
  void run(Body&& body) {
    run_erased([](void* context, int worker) { (*static_cast<Body*>(context))(worker); },
               const_cast<void*>(static_cast<const void*>(&body)));
  }

 private:
  using Function = void (*)(void* context, int worker);
  void run_erased(Function function, void* context);

  struct State;
  std::unique_ptr<State> state_;
};

// Physical cores this process may use: affinity and cgroup CPU quota respected, at least 1.
int usable_cores();

}  // namespace cromwell::base
