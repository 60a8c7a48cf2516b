// An edit by the daemon: POST /v1/edit and its events.
#include <nlohmann/json.hpp>

#include "clients/cli/base64.h"
#include "clients/cli/edit_job.h"
#include "clients/cli/server_flags.h"
#include "clients/cli/sse_parser.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

using nlohmann::json;

std::string request_body(const EditJob& job, const FileLocation& location) {
  json body = {{"workspace", location.workspace},
               {"instruction", job.instruction},
               {"apply", job.apply},
               {"stream", true},
               {"max_tokens", job.max_tokens},
               {"temperature", job.temperature}};
  if (location.files.size() == 1) {
    body["file"] = location.files.front();
  } else {
    for (const std::string& file : location.files) body["files"].push_back({{"file", file}});
  }
  if (job.content) body["content"] = *job.content;
  if (job.lines) {
    body["selection"] = {{"start_line", job.lines->first}, {"end_line", job.lines->last}};
  }
  if (job.cursor) {
    body["cursor"] = {{"line", job.cursor->line}};
    if (job.cursor->column) body["cursor"]["column"] = *job.cursor->column;
  }
  if (!job.protocol.empty()) body["protocol"] = job.protocol;
  if (!job.session.empty()) body["session"] = job.session;
  if (job.seed) body["seed"] = *job.seed;
  if (!job.lora.empty()) body["lora"] = job.lora;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What the model wrote, where that was refused: {"detail": {"attempts": [{"text"}]}}.
std::string attempt_of(const json& error) {
  const json attempt = error.value("/detail/attempts/0/text"_json_pointer, json());
  return attempt.is_string() ? attempt.get<std::string>() : "";
}

// The edit's events as they come, put together.
class Collector {
 public:
  Collector(EditOutcome* outcome, const EditWatch& watch) : outcome_(*outcome), watch_(watch) {}

  void take(const SseEvent& event) {
    const json data = json::parse(event.data, nullptr, false);
    if (!data.is_object()) return;
    if (event.name == "start") {
      outcome_.id = data.value("id", "");
      outcome_.base_sha256 = data.value("base_sha256", "");
    } else if (event.name == "progress") {
      show("reading: " + std::to_string(data.value("processed", 0)) + " of " +
           std::to_string(data.value("total", 0)) + " tokens");
    } else if (event.name == "token") {
      show("writing: " + std::to_string(++tokens_) + " tokens");
    } else if (event.name == "diff") {
      take_diff(data);
    } else if (event.name == "applied") {
      outcome_.applied = true;
    } else if (event.name == "done") {
      outcome_.finish_reason = data.value("finish_reason", "");
      outcome_.confidence = data.value("confidence", 0.0);
      outcome_.completion_tokens =
          data.value("usage", json::object()).value("completion_tokens", 0);
      ended_ = true;
    } else if (event.name == "error") {
      outcome_.error = error_of(data);
      outcome_.attempt = attempt_of(data);
      ended_ = true;
    }
  }
  bool ended() const { return ended_; }

 private:
  void show(const std::string& text) {
    if (watch_.on_progress) {
      watch_.on_progress(text);
    } else {
      progress_.show(text);
    }
  }
  void take_diff(const json& data) {
    outcome_.patch += data.contains("patch_b64") ? from_base64(data.value("patch_b64", ""))
                                                 : data.value("patch", "");
    const json stats = data.value("stats", json::object());
    outcome_.added += stats.value("added", 0);
    outcome_.removed += stats.value("removed", 0);
  }

  EditOutcome& outcome_;
  const EditWatch& watch_;
  ProgressLine progress_;
  int tokens_ = 0;
  bool ended_ = false;
};

EditOutcome try_location(const HttpClient& client, const EditJob& job, const FileLocation& location,
                         const EditWatch& watch) try {
  EditOutcome outcome{
      .workspace = location.workspace, .file = names_of(location), .files = location.files.size()};
  Collector collector(&outcome, watch);
  SseParser parser([&](const SseEvent& event) { collector.take(event); });
  const auto answer = client.stream(
      "/v1/edit", request_body(job, location), [&](std::string_view bytes) { parser.push(bytes); },
      watch.call_switch);
  if (!answer) {
    if (!outcome.error) outcome.error = answer.error();
  } else if (!collector.ended()) {
    const auto body = json_of(*answer);
    outcome.error =
        body ? base::Error{.message = "the daemon's answer ended too early"} : body.error();
  }
  return outcome;
} catch (const json::exception&) {  // a field of another type than the daemon gives it
  return {.workspace = location.workspace,
          .file = names_of(location),
          .error = base::Error{.message = "the server's answer is not a Cromwell daemon's"}};
}

}  // namespace

EditOutcome edit_remotely(const HttpClient& client, const EditJob& job, const EditWatch& watch) {
  EditOutcome outcome;
  for (const FileLocation& location : job.locations) {
    outcome = try_location(client, job, location, watch);
    // The daemon's root may lie deeper than the folder that we named.
    if (!outcome.error || outcome.error->param != "path_outside_root") break;
  }
  return outcome;
}

}  // namespace cromwell::cli
