#include "edit/cancel_switch.h"

#include <utility>

namespace cromwell::edit {

void CancelSwitch::cancel() {
  std::vector<engine::Generation> generations;
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    generations = generations_;
  }
  for (const engine::Generation& generation : generations) generation.cancel();
}

bool CancelSwitch::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

void CancelSwitch::attach(std::vector<engine::Generation> generations) {
  bool cancelled = false;
  {
    std::lock_guard lock(mutex_);
    generations_ = generations;
    cancelled = cancelled_;
  }
  if (!cancelled) return;
  for (const engine::Generation& generation : generations) generation.cancel();
}

}  // namespace cromwell::edit
