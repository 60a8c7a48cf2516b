// FormQueue: the threads that make the forms which answers are held to. A schema or a regular
// expression may take long to compile, so neither the thread of the sockets nor the file pool does
// it; so many may be made or wait as kMaxPendingForms says. Any thread may post.
#pragma once

#include <atomic>
#include <functional>

#include "base/task_queue.h"

namespace cromwell::api {

struct Call;

class FormQueue {
 public:
  FormQueue();

  // Runs `work` with the call on a thread of its own, or fails it with kQueueFull.
  void post(Call call, std::function<void(const Call&)> work);
  void stop();  // runs what waits; nothing comes after it

 private:
  std::atomic<int> pending_{0};
  base::TaskQueue threads_;
};

}  // namespace cromwell::api
