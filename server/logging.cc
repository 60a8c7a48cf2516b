#include "server/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <map>
#include <memory>
#include <string_view>

#include "base/log.h"

namespace cromwell::server {
namespace {

void write_line(base::LogLevel level, std::string_view line) {
  const spdlog::string_view_t text(line.data(), line.size());
  switch (level) {
    case base::LogLevel::kDebug:
      return spdlog::debug("{}", text);
    case base::LogLevel::kInfo:
      return spdlog::info("{}", text);
    case base::LogLevel::kWarning:
      return spdlog::warn("{}", text);
    case base::LogLevel::kError:
      return spdlog::error("{}", text);
  }
}

}  // namespace

base::Result<> start_logging(const std::string& level) {
  static const std::map<std::string, spdlog::level::level_enum> kLevels = {
      {"debug", spdlog::level::debug},
      {"info", spdlog::level::info},
      {"warning", spdlog::level::warn},
      {"error", spdlog::level::err},
      {"off", spdlog::level::off}};
  const auto found = kLevels.find(level);
  if (found == kLevels.end()) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "--log-level " + level + ": expected debug, info, warning, error or off"};
  }
  auto logger = spdlog::stderr_color_mt("cromwelld");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  logger->set_level(found->second);
  spdlog::set_default_logger(std::move(logger));
  tzset();  // reads the zone's file, which the process may not be allowed to open later
  base::set_log_sink(write_line);
  return {};
}

}  // namespace cromwell::server
