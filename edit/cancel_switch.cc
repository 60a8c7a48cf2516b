#include "edit/cancel_switch.h"

namespace cromwell::edit {

void CancelSwitch::cancel() {
  std::optional<engine::Generation> generation;
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    generation = generation_;
  }
  if (generation) generation->cancel();
}

bool CancelSwitch::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

void CancelSwitch::attach(engine::Generation generation) {
  bool cancelled = false;
  {
    std::lock_guard lock(mutex_);
    generation_ = generation;
    cancelled = cancelled_;
  }
  if (cancelled) generation.cancel();
}

}  // namespace cromwell::edit
