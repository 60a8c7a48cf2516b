// Cancellation: joins "the client has gone" with "cancel the work", whichever comes first. The
// work can end, and the client can go, before the handle to the work has even been returned. Any
// thread; no lock is held while the work is cancelled.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "api/http.h"

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

// Fires when the client goes.
inline std::shared_ptr<Cancellation> cancel_when_gone(Responder& responder) {
  auto cancellation = std::make_shared<Cancellation>();
  responder.on_gone([weak = std::weak_ptr(cancellation)] {
    if (auto gone = weak.lock()) gone->fire();
  });
  return cancellation;
}

}  // namespace cromwell::api
