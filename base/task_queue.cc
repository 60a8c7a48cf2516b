#include "base/task_queue.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"

namespace cromwell::base {

namespace {

// What it was for ends with it: whoever waits for an answer gets a failure where none was given.
void run(const TaskQueue::Task& task) {
  try {
    task();
  } catch (const std::exception& error) {
    log(LogLevel::kError, std::string("a task threw: ") + error.what());
  }
}

}  // namespace

struct TaskQueue::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> tasks;  // guarded by mutex
  bool stopping = false;   // guarded by mutex
  std::vector<std::thread> threads;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return stopping || !tasks.empty(); });
      if (tasks.empty()) return;
      Task task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      run(task);
      task = nullptr;  // what it captured dies here, not under the lock
      lock.lock();
    }
  }
};

TaskQueue::TaskQueue(int threads) : state_(std::make_shared<State>()) {
  for (int i = 0; i < std::max(threads, 1); ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work(); });
  }
}

TaskQueue::~TaskQueue() { stop(); }

void TaskQueue::stop() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

// The task may end what owns this queue before post() has returned: the state outlives both.
void TaskQueue::post(Task task) {
  const std::shared_ptr<State> state = state_;
  std::lock_guard lock(state->mutex);
  state->tasks.push_back(std::move(task));
  state->changed.notify_one();
}

}  // namespace cromwell::base
