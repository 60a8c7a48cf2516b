// cromwell lsp: the language server on standard input and output, with the daemon behind it.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "clients/cli/commands.h"
#include "clients/cli/edit_job.h"
#include "clients/cli/server_flags.h"
#include "clients/lsp/frame_reader.h"
#include "clients/lsp/generator.h"
#include "clients/lsp/server.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

class DaemonGenerator final : public lsp::Generator {
 public:
  DaemonGenerator(HttpClient client, int max_tokens)
      : client_(std::move(client)),
        max_tokens_(max_tokens),
        session_("lsp-" + std::to_string(::getpid())) {}

  Result<std::string> complete(const lsp::CompletionQuery& query,
                               base::CallSwitch& call_switch) override {
    CROMWELL_ASSIGN(const auto locations, locate_files({query.path}));
    Result<std::string> text;
    for (const FileLocation& location : locations) {
      text = complete_at(query, location, call_switch);
      // The daemon's root may lie deeper than the folder that we named.
      if (text || text.error().param != "path_outside_root") break;
    }
    return text;
  }

  Result<lsp::EditAnswer> edit(const lsp::EditQuery& query, const OnProgress& on_progress,
                               base::CallSwitch& call_switch) override {
    EditJob job{.instruction = query.instruction, .content = query.content, .session = session_};
    CROMWELL_ASSIGN(job.locations, locate_files({query.path}));
    if (query.first_line > 0) job.lines = workspace::LineRange{query.first_line, query.last_line};
    EditOutcome outcome =
        edit_remotely(client_, job, {.on_progress = on_progress, .call_switch = &call_switch});
    if (outcome.error) return std::move(*outcome.error);
    return lsp::EditAnswer{.id = std::move(outcome.id),
                           .patch = std::move(outcome.patch),
                           .confidence = outcome.confidence};
  }

 private:
  Result<std::string> complete_at(const lsp::CompletionQuery& query, const FileLocation& location,
                                  base::CallSwitch& call_switch) const {
    const json body = {{"workspace", location.workspace}, {"file", location.files.front()},
                       {"content", query.content},        {"line", query.line},
                       {"column", query.column},          {"session", session_},
                       {"max_tokens", max_tokens_},       {"stream", false}};
    CROMWELL_ASSIGN(
        const HttpAnswer answer,
        client_.stream("/v1/complete", body.dump(-1, ' ', false, json::error_handler_t::replace),
                       {}, &call_switch));
    CROMWELL_ASSIGN(const json object, json_of(answer));
    const auto text = object.find("text");
    if (text != object.end() && text->is_string()) return text->get<std::string>();
    return Error{.code = ErrorCode::kIo,
                 .message = "the server's answer is not a Cromwell daemon's"};
  }

  const HttpClient client_;
  const int max_tokens_;
  const std::string session_;
};

// Whole messages on standard output, from any thread.
class Output {
 public:
  void send(std::string_view content) {
    const std::string bytes = lsp::frame(content);
    const std::lock_guard lock(mutex_);
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
  }

 private:
  std::mutex mutex_;
};

// Messages until the editor says exit or hangs up.
Result<int> serve(lsp::Server& server) {
  lsp::FrameReader reader;
  std::array<char, 65536> chunk;
  while (!server.has_exited()) {
    const ssize_t count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return kFailed;  // no exit came: the editor is gone
    reader.push({chunk.data(), static_cast<std::size_t>(count)});
    while (!server.has_exited()) {
      CROMWELL_ASSIGN(const auto content, reader.next());
      if (!content) break;
      server.receive(*content);
    }
  }
  return server.exit_status();
}

int run_lsp(const ServerFlags& flags, int max_tokens) {
  auto client = connect(flags);
  if (!client) return report(client.error());
  DaemonGenerator generator(std::move(*client), max_tokens);
  Output output;
  lsp::Server server(generator, base::kVersion,
                     [&output](std::string_view content) { output.send(content); });
  const auto status = serve(server);
  return status ? *status : report(status.error());
}

}  // namespace

void add_lsp_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<ServerFlags>();
  auto max_tokens = std::make_shared<int>(64);
  CLI::App* command = app.add_subcommand(
      "lsp", "A language server on standard input and output, for editors that speak LSP");
  command->add_flag("--stdio")->description("Ignored: it is what editors pass, and the only way");
  command->add_option("--max-tokens", *max_tokens, "A cap on what a completion writes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_server_flags(*command, flags.get());
  command->callback([flags, max_tokens, status] { *status = run_lsp(*flags, *max_tokens); });
}

}  // namespace cromwell::cli
