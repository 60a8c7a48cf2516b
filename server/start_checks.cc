#include "server/start_checks.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "server/token_file.h"

namespace cromwell::server {
namespace {
constexpr std::size_t kOwnDescriptors = 128;  // beside those of connections
}  // namespace

base::Result<> check_model_exists(const Options& options) {
  std::error_code ec;
  if (!options.model_is_default || std::filesystem::exists(options.model, ec)) return {};
  return base::Error{base::ErrorCode::kNotFound,
                     "no model: " + options.model +
                         " does not exist; `cromwell model pull-default` fetches it, --model FILE "
                         "names another"};
}

base::Result<> make_state_folder(const Options& options) {
  std::error_code ec;
  std::filesystem::create_directories(options.state_dir, ec);
  if (!ec) return {};
  return base::Error{base::ErrorCode::kIo,
                     "--state-dir " + options.state_dir + ": " + ec.message()};
}

std::size_t most_connections(std::size_t open_files) {
  return open_files > 2 * kOwnDescriptors ? open_files - kOwnDescriptors : 1;
}

base::Result<ServerOptions> make_server_options(const Options& options, std::size_t connections,
                                                std::vector<int> inherited) {
  ServerOptions made{.listen = options.listen,
                     .socket_path = options.socket,
                     .inherited = std::move(inherited),
                     .limits = options.limits};
  made.access.allowed_hosts = options.allow_hosts;
  made.access.allowed_origins = options.allow_origins;
  if (!options.token_file.empty()) {
    CROMWELL_ASSIGN(made.access.token, read_token_file(options.token_file));
  }
  made.limits.connections = std::min(made.limits.connections, connections);
  CROMWELL_TRY(check_addresses(made));
  return made;
}

}  // namespace cromwell::server
