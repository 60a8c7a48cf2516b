#include "clients/cli/server_flags.h"

#include <fstream>
#include <iterator>

#include "clients/cli/terminal.h"
#include "clients/lsp/rpc.h"

namespace cromwell::cli {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

void add_server_flags(CLI::App& command, ServerFlags* flags) {
  auto* server = command.add_option("--server", flags->server, "Where the daemon listens")
                     ->capture_default_str();
  command.add_option("--socket", flags->socket, "Unix socket of the daemon, instead of --server")
      ->type_name("FILE")
      ->excludes(server);
  command.add_option("--token-file", flags->token_file, "File with the daemon's bearer token")
      ->type_name("FILE");
}

base::Result<HttpClient> connect(const ServerFlags& flags) {
  CROMWELL_ASSIGN(ServerAddress address, parse_server(flags.server));
  address.socket = flags.socket;
  if (!flags.token_file.empty()) {
    std::ifstream file(flags.token_file);
    if (!std::getline(file, address.token) || address.token.empty()) {
      return Error{.code = ErrorCode::kIo,
                   .message = flags.token_file + ": expected a token on its first line"};
    }
  }
  return HttpClient(std::move(address));
}

Error error_of(const json& error) {
  const auto text = [&error](const char* name) {
    const auto found = error.find(name);
    return found != error.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string message = text("message");
  return {.code = ErrorCode::kInternal,
          .message = message.empty() ? "the daemon failed without a message" : printable(message),
          .param = text("code")};
}

base::Result<json> json_of(const HttpAnswer& answer) {
  json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object()) {
    return Error{.code = ErrorCode::kInternal,
                 .message = "the server answered " + std::to_string(answer.status) +
                            " without JSON: is it a Cromwell daemon?"};
  }
  if (answer.status >= 200 && answer.status < 300) {
    return lsp::json_result(std::move(body));
  }
  return error_of(body.value("error", json::object()));
}

}  // namespace cromwell::cli
