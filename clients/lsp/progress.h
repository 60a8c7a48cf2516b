// Progress: one request's $/progress, under the editor's token or one that it lets us make. Thread
// of the request; report() on any thread between begin and end.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "clients/lsp/client_calls.h"

namespace cromwell::lsp {

class Progress {
 public:
  // `token`: the editor's own; null: one is made where `can_create`. Else nothing is reported.
  Progress(nlohmann::json token, bool can_create, ClientCalls& calls,
           std::function<void(std::string_view)> send, base::CallSwitch& call_switch);
  ~Progress();  // ends it
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  const nlohmann::json& token() const { return token_; }  // null: nothing is reported
  void begin(const std::string& title);
  void report(const std::string& message);

 private:
  void notify(const nlohmann::json& value);

  nlohmann::json token_;
  const std::function<void(std::string_view)> send_;
  bool begun_ = false;
};

}  // namespace cromwell::lsp
