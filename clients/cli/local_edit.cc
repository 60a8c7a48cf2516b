// An edit by the engine in this process: the same parts as the daemon's, made for one edit.
#include <cstdlib>
#include <filesystem>
#include <future>
#include <variant>

#include "base/file_system.h"
#include "clients/cli/edit_job.h"
#include "clients/cli/terminal.h"
#include "edit/edit_service.h"
#include "edit/protocol.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "workspace/edit_store.h"
#include "workspace/workspace.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Apart from the daemon's state folder, which a running daemon owns.
Result<std::string> state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/cromwell/command";
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/cromwell/command";
  return Error{.code = ErrorCode::kInvalidRequest,
               .message = "HOME is not set: no place for the record of an edit"};
}

edit::EditRequest request_of(const EditJob& job, const FileLocation& location) {
  edit::EditRequest request;
  request.workspace = location.workspace;
  if (location.files.size() == 1) {
    request.file = location.files.front();
  } else {
    for (const std::string& file : location.files) request.files.push_back({.file = file});
  }
  request.instruction = job.instruction;
  request.selection = job.lines;
  request.cursor = job.cursor;
  request.protocol = job.protocol;
  request.session = job.session;
  request.apply = job.apply;
  request.max_tokens = job.max_tokens;
  request.sampling.temperature = job.temperature;
  request.sampling.seed = job.seed;
  return request;
}

// The edit's events as they come, put together; on the engine's and the service's threads, never
// on two at once.
class Collector {
 public:
  explicit Collector(EditOutcome* outcome) : outcome_(*outcome) {}

  void take(edit::EditEvent&& event) {
    if (auto* started = std::get_if<edit::EditStarted>(&event)) {
      outcome_.id = started->id;
    } else if (auto* read = std::get_if<edit::EditProgress>(&event)) {
      progress_.show("reading: " + std::to_string(read->processed) + " of " +
                     std::to_string(read->total) + " tokens");
    } else if (std::holds_alternative<edit::EditToken>(event)) {
      progress_.show("writing: " + std::to_string(++tokens_) + " tokens");
    } else if (auto* diff = std::get_if<edit::EditDiff>(&event)) {
      outcome_.patch += diff->diff.patch;
      outcome_.added += diff->diff.added;
      outcome_.removed += diff->diff.removed;
    } else if (std::holds_alternative<edit::EditApplied>(event)) {
      outcome_.applied = true;
    } else if (auto* done = std::get_if<edit::EditDone>(&event)) {
      outcome_.finish_reason = std::move(done->finish_reason);
      outcome_.confidence = static_cast<double>(done->confidence);
      outcome_.completion_tokens = done->usage.completion_tokens;
      end();
    } else if (auto* failed = std::get_if<edit::EditFailed>(&event)) {
      outcome_.error = std::move(failed->error);
      if (!failed->attempts.empty()) outcome_.attempt = std::move(failed->attempts.front().text);
      end();
    }
  }
  void wait() { ended_.get_future().wait(); }

 private:
  void end() {
    progress_.clear();
    ended_.set_value();
  }

  EditOutcome& outcome_;
  ProgressLine progress_;
  int tokens_ = 0;
  std::promise<void> ended_;
};

Result<> edit(const std::string& model_path, const EditJob& job, EditOutcome* outcome) {
  const FileLocation& location = job.locations.front();
  CROMWELL_ASSIGN(const std::string state, state_folder());
  std::error_code code;
  std::filesystem::create_directories(std::filesystem::path(state).parent_path(), code);
  const auto files = base::posix_file_system();
  CROMWELL_ASSIGN(auto workspace, workspace::Workspace::open({location.workspace}, {}, files));
  CROMWELL_ASSIGN(auto store, workspace::EditStore::open(state, workspace, files));
  engine::LoadOptions options;
  if (!job.lora.empty()) {
    CROMWELL_ASSIGN(engine::LoraOption lora, engine::parse_lora_option(job.lora));
    options.adapters.push_back(std::move(lora));
  }
  CROMWELL_ASSIGN(engine::LoadedModel loaded, engine::load_model(model_path, options));
  if (!loaded.chat_template) return loaded.chat_template_error;

  const int context_length = loaded.context_length;
  Collector collector(outcome);  // outlives the service, whose threads call it
  engine::Engine engine(std::move(loaded.model), loaded.tokenizer, {});
  edit::EditService service(
      engine, loaded.tokenizer, *loaded.chat_template, workspace, store,
      {.file_threads = 1,
       .context_length = context_length,
       .protocol = &edit::default_protocol(loaded.edit_protocol, *loaded.tokenizer)});
  edit::EditRequest request = request_of(job, location);
  CROMWELL_ASSIGN(request.adapter, engine::find_adapter(loaded.adapters, std::nullopt, engine::kEditTask));
  service.start(std::move(request),
                [&collector](edit::EditEvent&& event) { collector.take(std::move(event)); });
  collector.wait();
  return {};
}

}  // namespace

EditOutcome edit_locally(const std::string& model_path, const EditJob& job) {
  EditOutcome outcome{.workspace = job.locations.front().workspace,
                      .file = names_of(job.locations.front())};
  if (auto result = edit(model_path, job, &outcome); !result) {
    outcome.error = std::move(result).error();
  }
  return outcome;
}

}  // namespace cromwell::cli
