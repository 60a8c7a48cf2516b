// CancelSwitch: what an EditHandle holds of a running edit: a flag, and the generation once there
// is one. Outlives the edit harmlessly; any thread may call it.
#pragma once

#include <mutex>
#include <optional>

#include "engine/engine.h"

namespace cromwell::edit {

class CancelSwitch {
 public:
  void cancel();
  bool cancelled() const;
  // Cancels the generation too, at once if cancel() came first.
  void attach(engine::Generation generation);

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;                        // guarded by mutex_
  std::optional<engine::Generation> generation_;  // guarded by mutex_
};

}  // namespace cromwell::edit
