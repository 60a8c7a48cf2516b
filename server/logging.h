// Binds base::log to spdlog on standard error, as lines of text or of JSON. Started once by `main`,
// before any thread starts; lines may then come from any thread.
#pragma once

#include <string>

#include "base/result.h"
#include "server/request_log.h"

namespace cromwell::server {

enum class LogFormat { kText, kJson };

// `level`: "debug", "info", "warning", "error" or "off".
base::Result<> start_logging(const std::string& level, LogFormat format);
base::Result<> set_log_level(const std::string& level);

// A request's line, its parts as fields where the format has such.
void log_request(const RequestLine& line);

}  // namespace cromwell::server
