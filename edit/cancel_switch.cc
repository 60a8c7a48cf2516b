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
  std::optional<int> rewind_to;
  {
    std::lock_guard lock(mutex_);
    generations_ = generations;
    cancelled = cancelled_;
    rewind_to = std::exchange(rewind_to_, std::nullopt);
  }
  if (rewind_to) generations.front().rewind_to(*rewind_to);
  if (!cancelled) return;
  for (const engine::Generation& generation : generations) generation.cancel();
}

void CancelSwitch::rewind_to(int tokens) {
  engine::Generation generation;
  {
    std::lock_guard lock(mutex_);
    if (generations_.empty()) rewind_to_ = tokens;
    if (!generations_.empty()) generation = generations_.front();
  }
  generation.rewind_to(tokens);
}

}  // namespace cromwell::edit
