// Binds base::log to spdlog on standard error. Called once by `main`, before any thread starts.
#pragma once

#include <string>

#include "base/result.h"

namespace cromwell::server {

// `level`: "debug", "info", "warning", "error" or "off".
base::Result<> start_logging(const std::string& level);

}  // namespace cromwell::server
