// CancelSwitch: what an EditHandle holds of a running edit: a flag, and its generations once there
// are any. Outlives the edit harmlessly; any thread may call it.
#pragma once

#include <mutex>
#include <vector>

#include "engine/engine.h"

namespace cromwell::edit {

class CancelSwitch {
 public:
  void cancel();
  bool cancelled() const;
  // Cancels the generations too, at once if cancel() came first.
  void attach(std::vector<engine::Generation> generations);

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;                       // guarded by mutex_
  std::vector<engine::Generation> generations_;  // guarded by mutex_
};

}  // namespace cromwell::edit
