#include "server/reloader.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/logging.h"
#include "server/service_manager.h"
#include "server/token_file.h"

namespace cromwell::server {
namespace {

using base::LogLevel;
using base::Result;

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Reloader::Reloader(ReloaderParts parts) : parts_(std::move(parts)), options_(parts_.options) {
  options_.limits.connections = std::min(options_.limits.connections, parts_.most_connections);
}

void Reloader::reload() {
  notify_reloading();
  if (const auto done = try_reload(); done) {
    base::log(LogLevel::kInfo, "the configuration was read again");
    notify_ready("ready");
  } else {
    base::log(LogLevel::kError, "the configuration stays as it was: " + done.error().message);
    notify_ready("ready, but the new configuration is wrong: " + done.error().message);
  }
}

Result<> Reloader::try_reload() {
  std::string text;
  if (!parts_.sources.config_file.empty()) {
    CROMWELL_ASSIGN(text, parts_.files.read(parts_.sources.config_file));
  }
  CROMWELL_ASSIGN(Options wanted, make_options(parts_.sources, text));
  CROMWELL_ASSIGN(AccessPolicy access, read_access(wanted));
  wanted.limits.connections = std::min(wanted.limits.connections, parts_.most_connections);
  CROMWELL_TRY(set_log_level(wanted.log_level));

  for (const OptionRow* row : changed_options(options_, wanted)) {
    base::log(LogLevel::kInfo,
              key_name(*row) + (row->reloads ? ": changed" : ": takes effect at a restart"));
  }
  parts_.server.reconfigure(std::move(access), wanted.limits);
  apply_roots(wanted);
  options_ = std::move(wanted);
  return {};
}

// The token is that of the file that was named at the start: another one cannot be opened.
Result<AccessPolicy> Reloader::read_access(const Options& wanted) {
  AccessPolicy access{.allowed_hosts = wanted.allow_hosts, .allowed_origins = wanted.allow_origins};
  const std::string& token_file = parts_.options.token_file;
  if (token_file.empty()) return access;
  CROMWELL_TRY(check_token_file_mode(token_file));
  CROMWELL_ASSIGN(const std::string text, parts_.files.read(token_file));
  CROMWELL_ASSIGN(access.token, parse_token(text, token_file));
  return access;
}

void Reloader::apply_roots(const Options& wanted) {
  const std::vector<std::string>& first = parts_.options.roots;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (holds(wanted.roots, first[i]) || !holds(options_.roots, first[i])) continue;
    base::log(LogLevel::kInfo, "root " + first[i] + " is dropped");
    parts_.drop_root(i);
  }
  for (const std::string& root : wanted.roots) {
    if (holds(options_.roots, root)) continue;
    base::log(LogLevel::kWarning, "root " + root + " is added by a restart only");
  }
}

}  // namespace cromwell::server
