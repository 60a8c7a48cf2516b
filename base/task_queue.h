// TaskQueue: a small pool of threads that run posted tasks in the order of posting, for work that
// may block (files). Not for arithmetic: see base/thread_pool.h. Any thread may post, a task too.
#pragma once

#include <functional>
#include <memory>

namespace cromwell::base {

class TaskQueue {
 public:
  using Task = std::function<void()>;

  explicit TaskQueue(int threads);  // at least 1
  ~TaskQueue();                     // stop()
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  // Returns at once. What a task throws is logged, and it has ended: a defect of one task ends no
  // other, nor the process. After stop() it would never run.
  void post(Task task);

  // Runs every task that was posted, then joins the threads. Only its owner calls it.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cromwell::base
