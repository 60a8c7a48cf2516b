// cromwelld: the composition root of the daemon. Reads the command line, makes each part and hands
// it what it needs, serves until it is told to stop, and takes everything down in order. No logic
// of its own.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "api/service.h"
#include "base/file_system.h"
#include "base/landlock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "base/version.h"
#include "edit/edit_service.h"
#include "edit/protocol.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/session_store.h"
#include "kernels/kernels.h"
#include "model/gguf_parts.h"
#include "server/logging.h"
#include "server/options.h"
#include "server/process_limits.h"
#include "server/server.h"
#include "server/signals.h"
#include "server/token_file.h"
#include "workspace/edit_store.h"
#include "workspace/file_index.h"
#include "workspace/workspace.h"

namespace cromwell::server {
namespace {

using base::Result;

// Together at most 5 s: what runs may finish, then answers that are complete are still sent.
constexpr std::chrono::milliseconds kDrainTime{4'000};
constexpr std::chrono::milliseconds kLastWriteTime{700};
constexpr std::size_t kOwnDescriptors = 128;  // beside those of connections

void say(const std::string& line) { base::log(base::LogLevel::kInfo, line); }

Result<> check_model_exists(const Options& options) {
  std::error_code ec;
  if (!options.model_is_default || std::filesystem::exists(options.model, ec)) return {};
  return base::Error{base::ErrorCode::kNotFound,
                     "no model: " + options.model +
                         " does not exist; `cromwell model pull-default` fetches it, --model FILE "
                         "names another"};
}

Result<> make_state_folder(const Options& options) {
  std::error_code ec;
  std::filesystem::create_directories(options.state_dir, ec);
  if (!ec) return {};
  return base::Error{base::ErrorCode::kIo,
                     "--state-dir " + options.state_dir + ": " + ec.message()};
}

Result<ServerOptions> make_server_options(const Options& options, std::size_t open_files) {
  ServerOptions made{.listen = options.listen, .socket_path = options.socket};
  made.access.allowed_hosts = options.allow_hosts;
  made.access.allowed_origins = options.allow_origins;
  if (!options.token_file.empty()) {
    CROMWELL_ASSIGN(made.access.token, read_token_file(options.token_file));
  }
  const std::size_t spare = open_files > 2 * kOwnDescriptors ? open_files - kOwnDescriptors : 1;
  made.limits.connections = std::min(made.limits.connections, spare);
  CROMWELL_TRY(check_addresses(made));
  return made;
}

std::vector<std::string> model_files(const Options& options) {
  std::vector<std::string> files = model::gguf_part_paths(options.model);
  for (const std::string& lora : options.loras) {
    const auto option = engine::parse_lora_option(lora);
    if (option) files.push_back(option->path);
  }
  // One that is missing is for the loading to tell.
  std::erase_if(files, [](const std::string& file) {
    std::error_code ec;
    return !std::filesystem::exists(file, ec);
  });
  return files;
}

// Files this process may touch from here on, whatever it is made to try.
Result<> confine(const Options& options) {
  base::LandlockRules rules{.read_only = model_files(options), .read_write = options.roots};
  rules.read_write.push_back(options.state_dir);
  if (!options.socket.empty()) {  // its file is removed at exit
    const auto folder = std::filesystem::absolute(options.socket).parent_path();
    rules.read_write.push_back(folder.string());
  }
  CROMWELL_ASSIGN(const auto report, base::restrict_to(rules));
  say(report.summary);
  return {};
}

// Bytes that packed weights may take.
std::size_t packed_bytes_limit(const Options& options) {
  if (options.weights == "packed") return std::numeric_limits<std::size_t>::max();
  return options.weights == "auto" ? base::available_memory("/sys", "/proc") / 2 : 0;
}

Result<engine::LoadedModel> load_model(const Options& options, int threads,
                                       std::size_t packed_bytes) {
  CROMWELL_ASSIGN(const auto kv_type, kernels::find_kv_type(options.kv_type));
  std::vector<engine::LoraOption> adapters;
  for (const std::string& lora : options.loras) {
    CROMWELL_ASSIGN(engine::LoraOption option, engine::parse_lora_option(lora));
    adapters.push_back(std::move(option));
  }
  CROMWELL_ASSIGN(auto loaded,
                  engine::load_model(options.model, {.threads = threads,
                                                     .kv_memory_bytes = options.kv_memory_bytes,
                                                     .kv_type = kv_type,
                                                     .context_limit = options.context,
                                                     .chat_template = options.chat_template,
                                                     .lock_weights = options.mlock,
                                                     .adapters = std::move(adapters),
                                                     .packed_bytes_limit = packed_bytes}));
  if (!loaded.chat_template) return loaded.chat_template_error;
  say("model " + loaded.name + ": " + loaded.description);
  for (const std::string& adapter : loaded.adapters) say("adapter " + adapter);
  return loaded;
}

Result<edit::Indexes> open_indexes(const workspace::Workspace& workspace,
                                   const std::string& user_excludes) {
  edit::Indexes indexes;
  for (const std::string& root : workspace.roots()) {
    CROMWELL_ASSIGN(auto index, workspace::FileIndex::open(root, {.user_excludes = user_excludes}));
    indexes.push_back(std::move(index));
  }
  return indexes;
}

void announce(const Server& server, const workspace::Workspace& workspace, bool without_token) {
  for (const std::string& root : workspace.roots()) say("root " + root);
  for (const std::string& address : server.addresses()) say("listening on " + address);
  if (without_token) say("TCP asks for no token: every user of this machine may send requests");
}

Result<> serve(const Options& options) {
  CROMWELL_TRY(start_logging(options.log_level));
  block_stop_signals();
  CROMWELL_TRY(check_model_exists(options));
  CROMWELL_TRY(make_state_folder(options));
  CROMWELL_ASSIGN(const ServerOptions server_options,
                  make_server_options(options, raise_open_file_limit()));
  const bool tcp_without_token =
      server_options.listen != "none" && server_options.access.token.empty();
  // Before the confinement, which hides the files that tell how many there are, and how much.
  const int threads = options.threads > 0 ? options.threads : base::usable_cores();
  const std::size_t packed_bytes = packed_bytes_limit(options);
  CROMWELL_ASSIGN(const auto server, Server::listen(server_options));
  const std::string user_excludes = workspace::read_user_excludes();
  CROMWELL_TRY(confine(options));  // no thread has started yet

  CROMWELL_ASSIGN(auto loaded, load_model(options, threads, packed_bytes));
  CROMWELL_ASSIGN(
      const auto workspace,
      workspace::Workspace::open(options.roots, {.allowed_secrets = options.allow_secrets}));
  CROMWELL_ASSIGN(const auto store,
                  workspace::EditStore::open(options.state_dir + "/edits", workspace,
                                             base::posix_file_system()));
  CROMWELL_ASSIGN(const auto sessions, engine::SessionStore::open(options.state_dir + "/sessions",
                                                                  base::posix_file_system()));
  CROMWELL_ASSIGN(const edit::Indexes indexes, open_indexes(*workspace, user_excludes));
  engine::Engine engine(std::move(loaded.model), loaded.tokenizer, {});
  edit::EditService edits(
      engine, loaded.tokenizer, *loaded.chat_template, workspace, store,
      {.context_length = loaded.context_length,
       .context_tokens = edit::default_context_tokens(loaded.parameters),
       .protocol = &edit::default_protocol(loaded.edit_protocol, *loaded.tokenizer)},
      indexes);
  api::Service service({.engine = engine,
                        .edits = edits,
                        .sessions = *sessions,
                        .tokenizer = loaded.tokenizer,
                        .chat_template = *loaded.chat_template,
                        .workspace = workspace,
                        .indexes = indexes,
                        .model_name = loaded.name,
                        .adapters = loaded.adapters,
                        .version = base::kVersion,
                        .context_length = loaded.context_length,
                        .tcp_without_token = tcp_without_token});
  server->start([&service](api::HttpRequest request, std::shared_ptr<api::Responder> responder) {
    service.handle(std::move(request), std::move(responder));
  });
  announce(*server, *workspace, tcp_without_token);

  const int signal = wait_for_stop_signal();
  say("stopping on signal " + std::to_string(signal));
  service.set_draining();
  server->stop_accepting();
  engine.drain(kDrainTime);
  server->stop(kLastWriteTime);
  say("stopped");
  return {};
}

}  // namespace
}  // namespace cromwell::server

int main(int argc, char** argv) {
  const auto command_line = cromwell::server::parse_command_line(argc, argv);
  if (!command_line.options) {
    std::fputs(command_line.text.c_str(), command_line.exit_status == 0 ? stdout : stderr);
    return command_line.exit_status;
  }
  const auto outcome = cromwell::server::serve(*command_line.options);
  if (outcome) return 0;
  std::fprintf(stderr, "cromwelld: %s\n", outcome.error().message.c_str());
  return 1;
}
