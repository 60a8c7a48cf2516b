// TaskTable: the requests of the editor that take long, each on a thread of its own, by their id.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/call_switch.h"

namespace cromwell::lsp {

inline constexpr std::size_t kMaxTasks = 16;

class TaskTable {
 public:
  TaskTable() = default;
  ~TaskTable() { stop(); }

  // False: kMaxTasks run already, or stop() was called. From one thread.
  bool start(const std::string& id, std::function<void(base::CallSwitch&)> work);
  void cancel(const std::string& id);  // nothing where it has ended
  // The name by which a person sees the task in progress and may cancel it.
  void set_progress(const std::string& id, const std::string& token);
  void cancel_progress(const std::string& token);
  void stop();  // cancels all and waits for them

 private:
  struct Task {
    std::string id;
    std::string progress;  // guarded by mutex_; empty: none yet
    base::CallSwitch call_switch;
    bool ended = false;  // guarded by mutex_
    std::thread thread;
  };

  void join_ended();

  std::mutex mutex_;
  std::list<std::unique_ptr<Task>> tasks_;  // guarded by mutex_; those that ended among them
  bool stopped_ = false;                    // guarded by mutex_
};

}  // namespace cromwell::lsp
