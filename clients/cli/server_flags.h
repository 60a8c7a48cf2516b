// The flags by which a command finds the daemon, shared by all that talk to it.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "clients/cli/http_client.h"

namespace cromwell::cli {

struct ServerFlags {
  std::string server = "http://127.0.0.1:8411";
  std::string socket;
  std::string token_file;
};

void add_server_flags(CLI::App& command, ServerFlags* flags);
base::Result<HttpClient> connect(const ServerFlags& flags);

// The answer's JSON object; an error answer becomes an Error with the daemon's message and, as
// `param`, its code ("path_outside_root").
base::Result<nlohmann::json> json_of(const HttpAnswer& answer);
// The same of {"code", "message"}, as an error event has it.
base::Error error_of(const nlohmann::json& error);

}  // namespace cromwell::cli
