// An edit by the engine in this process: the same parts as the daemon's, made for one edit.
#include <future>
#include <variant>

#include "clients/cli/edit_job.h"
#include "clients/cli/local_engine.h"
#include "clients/cli/local_records.h"
#include "clients/cli/terminal.h"
#include "edit/edit_service.h"
#include "edit/protocol.h"
#include "workspace/workspace.h"

namespace cromwell::cli {
namespace {

using base::Result;

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
      outcome_.base_sha256 = started->base_sha256;
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
  CROMWELL_ASSIGN(auto workspace, workspace::Workspace::open({location.workspace}));
  CROMWELL_ASSIGN(auto store, open_records(workspace));
  CROMWELL_ASSIGN(const auto local, LocalEngine::open(model_path, job.lora));
  const engine::LoadedModel& loaded = local->loaded();
  if (!loaded.chat_template) return loaded.chat_template_error;

  Collector collector(outcome);  // outlives the service, whose threads call it
  edit::EditService service(
      local->engine(), loaded.tokenizer, *loaded.chat_template, workspace, store,
      {.file_threads = 1,
       .context_length = loaded.context_length,
       .protocol = &edit::default_protocol(loaded.edit_protocol, *loaded.tokenizer)});
  edit::EditRequest request = request_of(job, location);
  request.adapter = local->adapter();
  service.start(std::move(request),
                [&collector](edit::EditEvent&& event) { collector.take(std::move(event)); });
  collector.wait();
  return {};
}

}  // namespace

EditOutcome edit_locally(const std::string& model_path, const EditJob& job) {
  EditOutcome outcome{.workspace = job.locations.front().workspace,
                      .file = names_of(job.locations.front()),
                      .files = job.locations.front().files.size(),
                      .is_local = true};
  if (auto result = edit(model_path, job, &outcome); !result) {
    outcome.error = std::move(result).error();
  }
  return outcome;
}

}  // namespace cromwell::cli
