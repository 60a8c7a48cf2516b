#include "server/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <map>
#include <memory>
#include <string_view>

#include "base/log.h"
#include "server/json_text.h"

namespace cromwell::server {
namespace {

// Set before any thread starts.
LogFormat g_format = LogFormat::kText;

spdlog::level::level_enum spdlog_level(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::kDebug:
      return spdlog::level::debug;
    case base::LogLevel::kInfo:
      return spdlog::level::info;
    case base::LogLevel::kWarning:
      return spdlog::level::warn;
    case base::LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

void write_text(base::LogLevel level, std::string_view line) {
  spdlog::log(spdlog_level(level), "{}", spdlog::string_view_t(line.data(), line.size()));
}

// The pattern has made the rest of the object: time and level.
void write_json(base::LogLevel level, std::string_view line) {
  if (!spdlog::should_log(spdlog_level(level))) return;
  spdlog::log(spdlog_level(level), "\"message\":{}", json_quoted(line));
}

base::Result<spdlog::level::level_enum> find_level(const std::string& name) {
  static const std::map<std::string, spdlog::level::level_enum> kLevels = {
      {"debug", spdlog::level::debug},
      {"info", spdlog::level::info},
      {"warning", spdlog::level::warn},
      {"error", spdlog::level::err},
      {"off", spdlog::level::off}};
  const auto found = kLevels.find(name);
  if (found != kLevels.end()) return found->second;
  return base::Error{base::ErrorCode::kInvalidRequest,
                     "--log-level " + name + ": expected debug, info, warning, error or off"};
}

}  // namespace

base::Result<> start_logging(const std::string& level, LogFormat format) {
  CROMWELL_ASSIGN(const auto wanted, find_level(level));
  g_format = format;
  auto logger = spdlog::stderr_color_mt("cromwelld");
  logger->set_pattern(format == LogFormat::kText
                          ? "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v"
                          : R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})");
  logger->set_level(wanted);
  spdlog::set_default_logger(std::move(logger));
  tzset();  // reads the zone's file, which the process may not be allowed to open later
  base::set_log_sink(format == LogFormat::kText ? write_text : write_json);
  return {};
}

base::Result<> set_log_level(const std::string& level) {
  CROMWELL_ASSIGN(const auto wanted, find_level(level));
  spdlog::default_logger()->set_level(wanted);
  return {};
}

void log_request(const RequestLine& line) {
  if (g_format == LogFormat::kText) return base::log(base::LogLevel::kInfo, format(line));
  if (!spdlog::should_log(spdlog::level::info)) return;
  spdlog::info("\"message\":\"request\",{}", json_fields(line));
}

}  // namespace cromwell::server
