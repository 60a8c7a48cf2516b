#include "clients/lsp/task_table.h"

#include <utility>

namespace cromwell::lsp {

bool TaskTable::start(const std::string& id, std::function<void(base::CallSwitch&)> work) {
  join_ended();
  const std::lock_guard lock(mutex_);
  if (stopped_ || tasks_.size() >= kMaxTasks) return false;
  tasks_.push_back(std::make_unique<Task>());
  Task* const task = tasks_.back().get();
  task->id = id;
  task->thread = std::thread([this, task, work = std::move(work)] {
    work(task->call_switch);
    const std::lock_guard end_lock(mutex_);
    task->ended = true;
  });
  return true;
}

void TaskTable::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& task : tasks_) {
    if (task->id == id) task->call_switch.cancel();
  }
}

void TaskTable::set_progress(const std::string& id, const std::string& token) {
  const std::lock_guard lock(mutex_);
  for (const auto& task : tasks_) {
    if (task->id == id && !task->ended) task->progress = token;
  }
}

void TaskTable::cancel_progress(const std::string& token) {
  const std::lock_guard lock(mutex_);
  for (const auto& task : tasks_) {
    if (task->progress == token) task->call_switch.cancel();
  }
}

void TaskTable::stop() {
  std::list<std::unique_ptr<Task>> tasks;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task->call_switch.cancel();
  for (const auto& task : tasks) task->thread.join();
}

void TaskTable::join_ended() {
  std::list<std::unique_ptr<Task>> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto task = tasks_.begin(); task != tasks_.end();) {
      const auto next = std::next(task);
      if ((*task)->ended) ended.splice(ended.end(), tasks_, task);
      task = next;
    }
  }
  for (const auto& task : ended) task->thread.join();
}

}  // namespace cromwell::lsp
