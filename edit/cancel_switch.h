// CancelSwitch: what an EditHandle holds of a running edit, and by which the edit reaches its own
// generations: a flag, and the generations once there are any. Outlives the edit harmlessly; any
// thread may call it.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "engine/engine.h"

namespace cromwell::edit {

class CancelSwitch {
 public:
  void cancel();
  bool cancelled() const;
  // Cancels the generations too, at once if cancel() came first.
  void attach(std::vector<engine::Generation> generations);
  // Rewinds the first generation (engine::Generation::rewind_to), as soon as there is one.
  void rewind_to(int tokens);

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;                       // guarded by mutex_
  std::vector<engine::Generation> generations_;  // guarded by mutex_
  std::optional<int> rewind_to_;                 // guarded by mutex_; came before the generation
};

}  // namespace cromwell::edit
