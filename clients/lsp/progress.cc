#include "clients/lsp/progress.h"

#include <atomic>
#include <utility>

namespace cromwell::lsp {

using nlohmann::json;

Progress::Progress(json token, bool can_create, ClientCalls& calls,
                   std::function<void(std::string_view)> send, base::CallSwitch& call_switch)
    : send_(std::move(send)) {
  if (token.is_string() || token.is_number_integer()) {
    token_ = std::move(token);
    return;
  }
  if (!can_create) return;
  static std::atomic<int> last{0};
  const json made = "cromwell-" + std::to_string(++last);
  if (calls.call("window/workDoneProgress/create", {{"token", made}}, call_switch)) token_ = made;
}

Progress::~Progress() {
  if (begun_) notify({{"kind", "end"}});
}

void Progress::begin(const std::string& title) {
  begun_ = !token_.is_null();
  notify({{"kind", "begin"}, {"title", title}, {"cancellable", true}});
}

void Progress::report(const std::string& message) {
  notify({{"kind", "report"}, {"message", message}});
}

void Progress::notify(const json& value) {
  if (token_.is_null()) return;
  send_(notification_text("$/progress", {{"token", token_}, {"value", value}}));
}

}  // namespace cromwell::lsp
