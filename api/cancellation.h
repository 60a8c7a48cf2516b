// Cancellation: joins "the client has gone" with "cancel the work", whichever comes first. The
// work can end, and the client can go, before the handle to the work has even been returned. Any
// thread; no lock is held while the work is cancelled.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace cromwell::api {

class Cancellation {
 public:
  // The client has gone. Cancels the work, now or as soon as arm() says how.
  void fire() {
    std::function<void()> cancel;
    {
      std::lock_guard lock(mutex_);
      fired_ = true;
      cancel = std::exchange(cancel_, nullptr);
    }
    if (cancel) cancel();
  }

  // How the work is cancelled. Called once, after it was started.
  void arm(std::function<void()> cancel) {
    {
      std::lock_guard lock(mutex_);
      if (ended_) return;
      if (!fired_) {
        cancel_ = std::move(cancel);
        return;
      }
    }
    cancel();
  }

  // The work has ended: its handle is let go.
  void disarm() {
    std::function<void()> released;
    std::lock_guard lock(mutex_);
    ended_ = true;
    released.swap(cancel_);
  }

  bool fired() const {
    std::lock_guard lock(mutex_);
    return fired_;
  }

 private:
  mutable std::mutex mutex_;
  std::function<void()> cancel_;
  bool fired_ = false;
  bool ended_ = false;
};

}  // namespace cromwell::api
