// Log lines from any layer. `main` binds the sink to spdlog; until then lines are dropped. A sink
// may be called from any thread. No source text and no secret belongs in a line.
#pragma once

#include <string_view>

namespace cromwell::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogSink = void (*)(LogLevel level, std::string_view line);

void set_log_sink(LogSink sink);
void log(LogLevel level, std::string_view line);

}  // namespace cromwell::base
