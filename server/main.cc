// cromwelld: the composition root of the daemon. Reads the command line, makes each part and hands
// it what it needs, serves until it is told to stop, and takes everything down in order. No logic
// of its own.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "api/composition.h"
#include "api/engine_reading.h"
#include "api/service.h"
#include "base/file_system.h"
#include "base/landlock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "base/version.h"
#include "clients/page/page.h"
#include "edit/edit_service.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/session_store.h"
#include "kernels/kernels.h"
#include "model/gguf_parts.h"
#include "server/command_line.h"
#include "server/file_reader.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/process_limits.h"
#include "server/reloader.h"
#include "server/server.h"
#include "server/service_manager.h"
#include "server/signals.h"
#include "server/start_checks.h"
#include "workspace/check_runner.h"
#include "workspace/edit_store.h"
#include "workspace/workspace.h"

namespace cromwell::server {
namespace {

using base::Result;

// Together at most 5 s: what runs may finish, then answers that are complete are still sent.
constexpr std::chrono::milliseconds kDrainTime{4'000};
constexpr std::chrono::milliseconds kLastWriteTime{700};

void say(const std::string& line) { base::log(base::LogLevel::kInfo, line); }

constexpr std::size_t kDraftShare = 4;  // a draft model has a quarter of the memory for keys

std::vector<std::string> model_files(const Options& options) {
  std::vector<std::string> files = model::gguf_part_paths(options.model);
  if (!options.draft_model.empty()) {
    const auto draft = model::gguf_part_paths(options.draft_model);
    files.insert(files.end(), draft.begin(), draft.end());
  }
  for (const std::string& lora : options.loras) {
    const auto option = engine::parse_lora_option(lora);
    if (option) files.push_back(option->path);
  }
  if (!options.tokenizer.empty()) files.push_back(options.tokenizer);
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

std::size_t draft_kv_bytes(const Options& options) {
  return options.draft_model.empty() ? 0 : options.kv_memory_bytes / kDraftShare;
}

Result<engine::LoadedModel> load_model(const Options& options, engine::LoadOptions how) {
  for (const std::string& lora : options.loras) {
    CROMWELL_ASSIGN(engine::LoraOption option, engine::parse_lora_option(lora));
    how.adapters.push_back(std::move(option));
  }
  how.kv_memory_bytes = options.kv_memory_bytes - draft_kv_bytes(options);
  how.chat_template = options.chat_template;
  how.tokenizer = options.tokenizer;
  CROMWELL_ASSIGN(auto loaded, engine::load_model(options.model, how));
  if (!loaded.chat_template) return loaded.chat_template_error;
  say("model " + loaded.name + ": " + loaded.description);
  for (const engine::Adapter& adapter : loaded.adapters) {
    say("adapter " + adapter.name + (adapter.task.empty() ? "" : ", for task " + adapter.task));
  }
  return loaded;
}

// Null where none is named.
Result<std::unique_ptr<model::LanguageModel>> load_draft_model(const Options& options,
                                                               engine::LoadOptions how,
                                                               const engine::LoadedModel& main) {
  if (options.draft_model.empty()) return std::unique_ptr<model::LanguageModel>();
  how.kv_memory_bytes = draft_kv_bytes(options);
  how.packed_bytes_limit -= std::min(how.packed_bytes_limit, std::size_t{main.weight_bytes});
  CROMWELL_ASSIGN(auto draft, engine::load_draft_model(options.draft_model, how, main));
  say("draft model " + options.draft_model + ": " + std::to_string(draft->page_count()) +
      " KV pages");
  return draft;
}

Result<std::vector<workspace::CheckCommand>> check_commands(const Options& options) {
  std::vector<workspace::CheckCommand> commands;
  for (const std::string& text : options.checks) {
    CROMWELL_ASSIGN(workspace::CheckCommand command, workspace::parse_check(text));
    commands.push_back(std::move(command));
  }
  return commands;
}

// None without checks: there is nothing to run then.
Result<std::shared_ptr<workspace::CheckRunner>> start_checks(const Options& options) {
  CROMWELL_ASSIGN(std::vector<workspace::CheckCommand> commands, check_commands(options));
  for (const workspace::CheckCommand& command : commands) {
    say("check of " + command.language + ": " + command.name);
  }
  if (commands.empty()) return std::shared_ptr<workspace::CheckRunner>();
  return workspace::CheckRunner::start(std::move(commands), options.state_dir + "/checks");
}

Result<std::shared_ptr<workspace::EditStore>> open_store(
    const Options& options, const std::shared_ptr<workspace::Workspace>& workspace) {
  workspace::EditStoreLimits limits;
  limits.history.max_age = std::chrono::hours(24 * options.edits_max_days);
  limits.history.max_bytes = options.edits_max_bytes;
  return workspace::EditStore::open(options.state_dir + "/edits", workspace,
                                    base::posix_file_system(), limits);
}

void announce(const Server& server, const workspace::Workspace& workspace, bool without_token) {
  for (const std::string& root : workspace.roots()) say("root " + root);
  for (const std::string& address : server.addresses()) say("listening on " + address);
  if (without_token) say("TCP asks for no token: every user of this machine may send requests");
}

// The files that SIGHUP reads again, by a process that can still open them then.
Result<std::unique_ptr<FileReader>> start_file_reader(const CommandLine& line) {
  std::vector<std::string> files;
  for (const std::string& file : {line.sources.config_file, line.options->token_file}) {
    if (!file.empty()) files.push_back(file);
  }
  return FileReader::start(std::move(files));
}

// Pings the service manager as long as both the event loop and the engine go on.
std::function<void()> watchdog(Server& server, const engine::Engine& engine) {
  return [&server, &engine, steps = std::uint64_t{0}]() mutable {
    const std::uint64_t now = engine.status().steps;
    const bool engine_moved = std::exchange(steps, now) != now;
    if (server.made_progress() && engine_moved) ping_watchdog();
  };
}

// What is opened before the confinement, which hides it.
struct Outside {
  std::unique_ptr<FileReader> files;
  std::unique_ptr<Server> server;
  std::size_t connections = 0;  // that there are descriptors for
  bool tcp_without_token = false;
  int threads = 0;
  std::size_t packed_bytes = 0;
  std::string user_excludes;
};

Result<Outside> open_outside(const CommandLine& line, Metrics& metrics) {
  const Options& options = *line.options;
  Outside outside;
  CROMWELL_ASSIGN(outside.files, start_file_reader(line));
  outside.connections = most_connections(raise_open_file_limit());
  CROMWELL_ASSIGN(ServerOptions server_options,
                  make_server_options(options, outside.connections, inherited_sockets()));
  server_options.on_request = [&metrics](const RequestLine& request) {
    log_request(request);
    metrics.request_done(request);
  };
  const bool without_token = server_options.access.token.empty();
  CROMWELL_ASSIGN(outside.server, Server::listen(std::move(server_options)));
  outside.tcp_without_token = without_token && outside.server->listens_on_tcp();
  outside.threads = options.threads > 0 ? options.threads : base::usable_cores();
  outside.packed_bytes = packed_bytes_limit(options);
  outside.user_excludes = workspace::read_user_excludes();
  return outside;
}

// Until a signal to stop: reloads, pings the watchdog. Then lets what runs finish.
void run(const CommandLine& line, const Outside& outside, workspace::Workspace& workspace,
         engine::Engine& engine, workspace::CheckRunner* checks, api::Service& service) {
  Server& server = *outside.server;
  Reloader reloader({.options = *line.options,
                     .sources = line.sources,
                     .files = *outside.files,
                     .server = server,
                     .most_connections = outside.connections,
                     .drop_root = [&](std::size_t root) { workspace.drop_root(root); }});
  const int signal = run_until_stopped({.reload = [&] { reloader.reload(); },
                                        .interval = watchdog_interval(),
                                        .tick = watchdog(server, engine)});
  say("stopping on signal " + std::to_string(signal));
  notify_stopping();
  service.set_draining();
  server.stop_accepting();
  engine.drain(kDrainTime);
  if (checks != nullptr) checks->stop();  // what waits for one is still answered
  server.stop(kLastWriteTime);
  say("stopped");
}

Result<> serve(const CommandLine& line) {
  const Options& options = *line.options;
  CROMWELL_TRY(start_logging(options.log_level,
                             options.log_format == "json" ? LogFormat::kJson : LogFormat::kText));
  block_signals();
  CROMWELL_TRY(check_model_exists(options));
  CROMWELL_TRY(make_state_folder(options));
  Metrics metrics(base::kVersion);
  CROMWELL_ASSIGN(const Outside outside, open_outside(line, metrics));
  CROMWELL_ASSIGN(const auto checks, start_checks(options));  // forks, and is not confined
  CROMWELL_TRY(confine(options));                             // no thread has started yet

  notify_status("loading the model");
  CROMWELL_ASSIGN(const auto kv_type, kernels::find_kv_type(options.kv_type));
  const engine::LoadOptions how{.threads = outside.threads,
                                .kv_type = kv_type,
                                .context_limit = options.context,
                                .lock_weights = options.mlock,
                                .packed_bytes_limit = outside.packed_bytes};
  CROMWELL_ASSIGN(auto loaded, load_model(options, how));
  CROMWELL_ASSIGN(auto draft_model, load_draft_model(options, how, loaded));
  CROMWELL_ASSIGN(
      const auto workspace,
      workspace::Workspace::open(
          options.roots, {.secrets = {.more = options.secrets, .allowed = options.allow_secrets}}));
  CROMWELL_ASSIGN(const auto store, open_store(options, workspace));
  CROMWELL_ASSIGN(const edit::Indexes indexes, edit::open_indexes(*workspace, outside.user_excludes,
                                                                  options.state_dir + "/index"));
  engine::Engine engine(std::move(loaded.model), loaded.tokenizer,
                        {.max_running = options.max_running,
                         .max_queued = options.max_queued,
                         .max_sessions = options.max_sessions},
                        std::move(draft_model));
  CROMWELL_ASSIGN(const auto sessions, engine::SessionStore::open(options.state_dir + "/sessions",
                                                                  base::posix_file_system()));
  edit::EditServiceOptions edit_options = api::edit_options_for(loaded);
  edit_options.checks = checks;
  edit::EditService edits(engine, loaded.tokenizer, *loaded.chat_template, workspace, store,
                          std::move(edit_options), indexes);
  api::ServiceParts parts =
      api::service_parts_for(loaded, engine, edits, *sessions, workspace, indexes);
  parts.slots = options.max_running;
  parts.tcp_without_token = outside.tcp_without_token;
  parts.page = page::files();
  parts.metrics_text = [&, meters = parts.meters] {
    return metrics.text(meters->read(), api::read_engine(engine, loaded.name),
                        outside.server->connections());
  };
  api::Service service(std::move(parts));
  outside.server->start([&](api::HttpRequest request, std::shared_ptr<api::Responder> responder) {
    service.handle(std::move(request), std::move(responder));
  });
  announce(*outside.server, *workspace, outside.tcp_without_token);
  notify_ready("ready: " + loaded.name);
  run(line, outside, *workspace, engine, checks.get(), service);
  return {};
}

// Beyond what each option says: the checks' commands, the token, and whether the address may be
// listened on.
Result<> check(const Options& options) {
  CROMWELL_TRY(check_commands(options));
  const auto made = make_server_options(options, options.limits.connections, {});
  return made ? Result<>() : made.error();
}

int leave(const CommandLine& line) {
  std::fputs(line.text.c_str(), line.exit_status == 0 ? stdout : stderr);
  return line.exit_status;
}

}  // namespace
}  // namespace cromwell::server

int main(int argc, char** argv) {
  namespace server = cromwell::server;
  const server::CommandLine line = server::parse_command_line(argc, argv);
  if (!line.options) return server::leave(line);
  const auto outcome = line.check_only ? server::check(*line.options) : server::serve(line);
  if (!outcome) {
    server::notify_failed(outcome.error().message);
    std::fprintf(stderr, "cromwelld: %s\n", outcome.error().message.c_str());
    return 1;
  }
  return line.check_only ? server::leave(line) : 0;
}
