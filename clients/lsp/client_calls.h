// ClientCalls: requests of the server to the editor, and their answers. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/call_switch.h"
#include "base/result.h"
#include "clients/lsp/rpc.h"

namespace cromwell::lsp {

class ClientCalls {
 public:
  explicit ClientCalls(std::function<void(std::string_view)> send) : send_(std::move(send)) {}

  // Blocks until the editor answers; its result. kCancelled by the switch, kUnavailable where the
  // editor answers with an error.
  base::Result<nlohmann::json> call(const std::string& method, const nlohmann::json& params,
                                    base::CallSwitch& call_switch);
  void deliver(Incoming answer);  // one that nobody waits for is dropped

 private:
  struct Wait {
    std::optional<Incoming> answer;
    bool cancelled = false;
  };

  const std::function<void(std::string_view)> send_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int last_id_ = 0;            // guarded by mutex_
  std::map<int, Wait> waits_;  // by id; guarded by mutex_
};

}  // namespace cromwell::lsp
