#include "clients/lsp/client_calls.h"

#include <utility>

namespace cromwell::lsp {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

Result<json> ClientCalls::call(const std::string& method, const json& params,
                               base::CallSwitch& call_switch) {
  int id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    waits_[id];
  }
  send_(request_text(id, method, params));
  // The switch is never asked under our lock, which it takes while it holds its own.
  call_switch.watch([this, id] {
    const std::lock_guard lock(mutex_);
    waits_[id].cancelled = true;
    changed_.notify_all();
  });
  std::optional<Incoming> answer;
  {
    std::unique_lock lock(mutex_);
    Wait& wait = waits_[id];
    changed_.wait(lock, [&wait] { return wait.answer || wait.cancelled; });
    answer = std::move(wait.answer);
  }
  call_switch.watch({});
  {
    const std::lock_guard lock(mutex_);
    waits_.erase(id);
  }
  if (!answer) return Error{.code = ErrorCode::kCancelled, .message = "cancelled"};
  if (answer->failed) {
    return Error{.code = ErrorCode::kUnavailable, .message = "the editor refused " + method};
  }
  return json_result(std::move(answer->result));
}

void ClientCalls::deliver(Incoming answer) {
  const std::lock_guard lock(mutex_);
  if (!answer.id.is_number_integer()) return;
  const auto found = waits_.find(answer.id.get<int>());
  if (found == waits_.end()) return;
  found->second.answer = std::move(answer);
  changed_.notify_all();
}

}  // namespace cromwell::lsp
