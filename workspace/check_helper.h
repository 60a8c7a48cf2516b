// The helper process of CheckRunner: what it is asked over its socket, and what it does.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/check_runner.h"

namespace cromwell::workspace {

// Sections over the socket: a request {command, file, bytes}, its answer {status, output}.
struct CheckRequest {
  std::size_t command = 0;  // which of the configuration's
  std::string file;
  std::string bytes;
};

base::Result<> send_request(int socket, const CheckRequest& request);
base::Result<CheckResult> receive_result(int socket);

// Answers requests until the other end closes.
void serve_checks(int socket, const std::vector<CheckCommand>& commands, const std::string& folder,
                  const CheckLimits& limits);

}  // namespace cromwell::workspace
