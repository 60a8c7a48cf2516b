#include "base/call_switch.h"

#include <utility>

namespace cromwell::base {

void CallSwitch::cancel() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(cancelled_, true) && stop_) stop_();
}

bool CallSwitch::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

void CallSwitch::watch(std::function<void()> stop) {
  const std::lock_guard lock(mutex_);
  stop_ = std::move(stop);
  if (cancelled_ && stop_) stop_();
}

}  // namespace cromwell::base
