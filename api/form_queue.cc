#include "api/form_queue.h"

#include <string>
#include <utility>

#include "api/call.h"
#include "api/limits.h"

namespace cromwell::api {

FormQueue::FormQueue() : threads_(kFormThreads) {}

void FormQueue::post(Call call, std::function<void(const Call&)> work) {
  if (pending_.fetch_add(1) >= kMaxPendingForms) {
    --pending_;
    return call.fail({base::ErrorCode::kQueueFull,
                      std::to_string(kMaxPendingForms) +
                          " answers' forms are being made already; try again later"});
  }
  threads_.post([this, call = std::move(call), work = std::move(work)] {
    struct Counted {
      ~Counted() { --pending; }
      std::atomic<int>& pending;
    };
    const Counted counted{pending_};
    work(call);
  });
}

void FormQueue::stop() { threads_.stop(); }

}  // namespace cromwell::api
