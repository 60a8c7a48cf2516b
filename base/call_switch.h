// CallSwitch: ends one long call from another thread, whatever that call waits for.
#pragma once

#include <functional>
#include <mutex>

namespace cromwell::base {

class CallSwitch {
 public:
  void cancel();  // any thread, idempotent; before the call too
  bool cancelled() const;

  // The call's own: what ends it while it waits, and nothing before that is gone. At once where
  // cancel() came first. `stop` is called under a lock: it must return at once.
  void watch(std::function<void()> stop);

 private:
  mutable std::mutex mutex_;
  std::function<void()> stop_;
  bool cancelled_ = false;
};

}  // namespace cromwell::base
