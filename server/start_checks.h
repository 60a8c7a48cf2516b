// What must hold before the daemon starts, as far as the options tell. Nothing is loaded here.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "server/options.h"
#include "server/server.h"

namespace cromwell::server {

base::Result<> check_model_exists(const Options& options);
base::Result<> make_state_folder(const Options& options);

// The most connections that a process with so many descriptors may have.
std::size_t most_connections(std::size_t open_files);

// Reads the token. `inherited`: listening sockets in place of those that the options name.
base::Result<ServerOptions> make_server_options(const Options& options, std::size_t connections,
                                                std::vector<int> inherited);

}  // namespace cromwell::server
