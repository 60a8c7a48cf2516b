// CallSwitch: ends long work from another thread, be it a call that waits or what runs behind an
// answer. The wish may come before there is anything to end, and after it has ended.
#pragma once

#include <functional>
#include <mutex>

namespace cromwell::base {

class CallSwitch {
 public:
  void cancel();  // any thread, idempotent; before the work too
  bool cancelled() const;

  // The work's own: what ends it from now on, and nothing before that is gone; empty: nothing does.
  // It is called once, at once where cancel() came first, and under a lock: it must return at once
  // and not use the switch.
  void watch(std::function<void()> stop);

 private:
  mutable std::mutex mutex_;
  std::function<void()> stop_;
  bool cancelled_ = false;
};

}  // namespace cromwell::base
