#include "api/routes.h"

#include <algorithm>
#include <optional>

#include "api/handlers.h"

namespace cromwell::api {
namespace {

using base::ErrorCode;

const std::vector<ErrorCode> kCompletionErrors = {
    ErrorCode::kContextExceeded, ErrorCode::kUnencodableText, ErrorCode::kQueueFull,
    ErrorCode::kUnavailable,     ErrorCode::kTimeout,         ErrorCode::kConflict};
const std::vector<ErrorCode> kWarmErrors = {
    ErrorCode::kPathOutsideRoot, ErrorCode::kNotFound,        ErrorCode::kPayloadTooLarge,
    ErrorCode::kContextExceeded, ErrorCode::kUnsupportedFile, ErrorCode::kUnencodableText,
    ErrorCode::kQueueFull,       ErrorCode::kUnavailable,     ErrorCode::kIo};
const std::vector<ErrorCode> kFillErrors = {
    ErrorCode::kPathOutsideRoot, ErrorCode::kNotFound,        ErrorCode::kFileChanged,
    ErrorCode::kPayloadTooLarge, ErrorCode::kContextExceeded, ErrorCode::kUnsupportedFile,
    ErrorCode::kUnencodableText, ErrorCode::kConflict,        ErrorCode::kQueueFull,
    ErrorCode::kUnavailable,     ErrorCode::kTimeout,         ErrorCode::kIo};
const std::vector<ErrorCode> kEditErrors = {
    ErrorCode::kPathOutsideRoot, ErrorCode::kNotFound,        ErrorCode::kFileChanged,
    ErrorCode::kPayloadTooLarge, ErrorCode::kContextExceeded, ErrorCode::kUnsupportedFile,
    ErrorCode::kUnencodableText, ErrorCode::kNoValidEdit,     ErrorCode::kQueueFull,
    ErrorCode::kUnavailable,     ErrorCode::kTimeout,         ErrorCode::kIo};
const std::vector<ErrorCode> kStoreErrors = {ErrorCode::kInvalidRequest,
                                             ErrorCode::kNotFound,
                                             ErrorCode::kFileChanged,
                                             ErrorCode::kConflict,
                                             ErrorCode::kUnsupportedFile,
                                             ErrorCode::kUnavailable,
                                             ErrorCode::kIo};

std::vector<Route> edit_routes() {
  return {
      {.method = "POST",
       .path = "/v1/edit",
       .handler = handle_edit,
       .needs_engine = true,
       .operation = "edit",
       .summary = "Edit a file as an instruction says; the answer is a validated diff.",
       .request = "EditRequest",
       .example = R"({"file": "src/main.py", "instruction": "Add error handling to parse_config",
                      "selection": {"start_line": 3, "end_line": 20}, "stream": true})",
       .answer = "Edit",
       .events = "EditEvent",
       .errors = kEditErrors},
      {.method = "GET",
       .path = "/v1/edits",
       .handler = handle_list_edits,
       .operation = "listEdits",
       .summary = "The edits that are kept, newest first, in pages.",
       .query = "EditListQuery",
       .answer = "EditList",
       .errors = {ErrorCode::kInvalidRequest}},
      {.method = "GET",
       .path = "/v1/edits/{id}",
       .handler = handle_get_edit,
       .operation = "getEdit",
       .summary = "One edit with its patch.",
       .answer = "EditRecord",
       .errors = {ErrorCode::kNotFound}},
      {.method = "GET",
       .path = "/v1/edits/{id}/events",
       .handler = handle_edit_events,
       .operation = "editEvents",
       .summary = "The events of a resumable edit past the number in Last-Event-ID, and those that "
                  "come: while it runs, and half a minute after its reader left or it ended. The "
                  "reader before gets no more.",
       .header = "EditEventsHeader",
       .events = "EditEvent",
       .errors = {ErrorCode::kInvalidRequest, ErrorCode::kNotFound}},
      {.method = "POST",
       .path = "/v1/edits/{id}/cancel",
       .handler = handle_cancel_edit,
       .operation = "cancelEdit",
       .summary = "End a resumable edit, which goes on when its connection is closed.",
       .request = "NoFields",
       .example = "{}",
       .answer = "EditCancelled",
       .errors = {ErrorCode::kNotFound}},
      {.method = "POST",
       .path = "/v1/edits/{id}/apply",
       .handler = handle_apply_edit,
       .operation = "applyEdit",
       .summary = "Write an edit to its files, if they are still what the edit was made from. With "
                  "an Idempotency-Key header, sent again it gets the same answer and does nothing.",
       .header = "ApplyHeader",
       .request = "ApplyRequest",
       .example = R"({"merge": true})",
       .answer = "EditState",
       .errors = kStoreErrors},
      {.method = "POST",
       .path = "/v1/edits/{id}/revert",
       .handler = handle_revert_edit,
       .operation = "revertEdit",
       .summary = "Write the old bytes back, if the files are still what the edit made of them. "
                  "Idempotency-Key as for apply.",
       .header = "ApplyHeader",
       .request = "NoFields",
       .example = "{}",
       .answer = "EditState",
       .errors = kStoreErrors},
  };
}

std::vector<Route> text_routes() {
  return {
      {.method = "POST",
       .path = "/v1/completions",
       .handler = handle_completion,
       .needs_engine = true,
       .operation = "complete",
       .summary = "Continue a text, or score it (echo, logprobs, max_tokens 0), as OpenAI does.",
       .request = "CompletionRequest",
       .example =
           R"({"prompt": "def fibonacci(n):", "max_tokens": 0, "echo": true, "logprobs": 1})",
       .answer = "Completion",
       .events = "CompletionPiece",
       .errors = kCompletionErrors,
       .dialect = Dialect::kOpenAi},
      {.method = "POST",
       .path = "/v1/chat/completions",
       .handler = handle_chat,
       .needs_engine = true,
       .operation = "chat",
       .summary = "Answer a conversation, as OpenAI does.",
       .request = "ChatRequest",
       .example = R"({"messages": [{"role": "user", "content": "What is a mutex?"}],
                      "max_tokens": 64, "temperature": 0})",
       .answer = "ChatCompletion",
       .events = "ChatPiece",
       .errors = engine_errors(),
       .dialect = Dialect::kOpenAi},
      {.method = "POST",
       .path = "/v1/complete",
       .handler = handle_complete,
       .needs_engine = true,
       .operation = "fill",
       .summary = "Fill in text at a place of a file.",
       .request = "CompleteRequest",
       .example = R"({"file": "src/main.py", "line": 3, "max_tokens": 64, "stream": true})",
       .answer = "Completed",
       .events = "CompleteEvent",
       .errors = kFillErrors},
      {.method = "POST",
       .path = "/v1/warm",
       .handler = handle_warm,
       .needs_engine = true,
       .operation = "warm",
       .summary = "Read a prompt, or what edits of a file begin with, before it is asked for; only "
                  "while nobody else has anything to do.",
       .request = "WarmRequest",
       .example = R"({"file": "src/main.py", "selection": {"start_line": 3, "end_line": 20}})",
       .answer = "Warmed",
       .errors = kWarmErrors},
  };
}

std::vector<Route> workspace_routes() {
  const std::vector<ErrorCode> errors = {ErrorCode::kInvalidRequest,
                                         ErrorCode::kPathOutsideRoot,
                                         ErrorCode::kNotFound,
                                         ErrorCode::kFileChanged,
                                         ErrorCode::kPayloadTooLarge,
                                         ErrorCode::kUnsupportedFile,
                                         ErrorCode::kIo};
  return {
      {.method = "GET",
       .path = "/v1/workspace/files",
       .handler = handle_files,
       .operation = "files",
       .summary = "The files that may be edited, by a part of their path.",
       .query = "FilesQuery",
       .answer = "Files",
       .errors = {ErrorCode::kInvalidRequest, ErrorCode::kPathOutsideRoot, ErrorCode::kNotFound}},
      {.method = "GET",
       .path = "/v1/workspace/file",
       .handler = handle_file,
       .operation = "file",
       .summary = "The text of a file, as an edit would be made from it.",
       .query = "FileQuery",
       .answer = "File",
       .errors = errors},
      {.method = "GET",
       .path = "/v1/workspace/outline",
       .handler = handle_outline,
       .operation = "outline",
       .summary = "The symbols that a file defines.",
       .query = "FileQuery",
       .answer = "Outline",
       .errors = errors},
      {.method = "GET",
       .path = "/v1/workspace/symbols",
       .handler = handle_symbols,
       .operation = "symbols",
       .summary = "Symbols of the code base by a part of their name.",
       .query = "SymbolsQuery",
       .answer = "Symbols",
       .errors = {ErrorCode::kInvalidRequest, ErrorCode::kPathOutsideRoot}},
      {.method = "GET",
       .path = "/v1/workspace/context",
       .handler = handle_context,
       .operation = "context",
       .summary = "What an edit of these lines would be shown beside them, and why.",
       .query = "ContextQuery",
       .answer = "Context",
       .errors = errors},
  };
}

std::vector<Route> service_routes() {
  return {
      {.method = "GET",
       .path = "/v1/models",
       .handler = handle_models,
       .operation = "listModels",
       .summary = "The resident model.",
       .answer = "ModelList"},
      {.method = "GET",
       .path = "/v1/models/{id...}",
       .handler = handle_model,
       .operation = "getModel",
       .summary = "The resident model, if it has this id.",
       .answer = "Model",
       .errors = {ErrorCode::kNotFound},
       .dialect = Dialect::kOpenAi},
      {.method = "GET",
       .path = "/v1/sessions",
       .handler = handle_sessions,
       .operation = "listSessions",
       .summary = "The sessions whose texts are in memory, or that are pinned.",
       .answer = "SessionList"},
      {.method = "DELETE",
       .path = "/v1/sessions/{id...}",
       .handler = handle_delete_session,
       .operation = "deleteSession",
       .summary = "Forget a session, in memory and on disk.",
       .answer = "SessionDeleted",
       .errors = {ErrorCode::kNotFound, ErrorCode::kConflict, ErrorCode::kIo}},
      {.method = "POST",
       .path = "/v1/sessions/{id...}/pin",
       .handler = handle_pin_session,
       .operation = "pinSession",
       .summary = "Keep a session's cache before all that are not pinned.",
       .request = "NoFields",
       .example = "{}",
       .answer = "SessionPinned",
       .errors = {ErrorCode::kNotFound}},
      {.method = "POST",
       .path = "/v1/sessions/{id...}/unpin",
       .handler = handle_unpin_session,
       .operation = "unpinSession",
       .summary = "Keep a session's cache as long as any other.",
       .request = "NoFields",
       .example = "{}",
       .answer = "SessionPinned",
       .errors = {ErrorCode::kNotFound}},
      {.method = "POST",
       .path = "/v1/sessions/{id...}/save",
       .handler = handle_save_session,
       .operation = "saveSession",
       .summary = "Write a session's text with its keys and values to the state folder.",
       .request = "NoFields",
       .example = "{}",
       .answer = "SessionSaved",
       .errors = {ErrorCode::kNotFound, ErrorCode::kConflict, ErrorCode::kIo}},
      {.method = "POST",
       .path = "/v1/sessions/{id...}/restore",
       .handler = handle_restore_session,
       .operation = "restoreSession",
       .summary = "Read a saved session back, if it was computed with this model, KV type and "
                  "instruction set.",
       .request = "NoFields",
       .example = "{}",
       .answer = "SessionRestored",
       .errors = {ErrorCode::kNotFound, ErrorCode::kConflict, ErrorCode::kIo,
                  ErrorCode::kPayloadTooLarge}},
      {.method = "GET",
       .path = "/healthz",
       .handler = handle_alive,
       .operation = "healthz",
       .summary = "Whether the process answers at all.",
       .answer = "Alive"},
      {.method = "GET",
       .path = "/readyz",
       .handler = handle_ready,
       .operation = "readyz",
       .summary = "Whether it takes requests.",
       .answer = "Ready",
       .errors = {ErrorCode::kUnavailable}},
      {.method = "GET",
       .path = "/metrics",
       .handler = handle_metrics,
       .operation = "metrics",
       .summary = "Counters, gauges and histograms in the text format of Prometheus.",
       .answer = "Metrics",
       .answer_type = "text/plain"},
      {.method = "GET",
       .path = "/openapi.json",
       .handler = handle_openapi,
       .operation = "openapi",
       .summary = "This description.",
       .answer = "OpenApi"},
      {.method = "GET",
       .path = "/",
       .handler = handle_root,
       .operation = "root",
       .summary = "What this is, and where its description is; a browser gets a page to work with.",
       .answer = "Root",
       .text_types = {"text/html"}},
      {.method = "GET",
       .path = "/page/{id}",
       .handler = handle_page_file,
       .operation = "pageFile",
       .summary = "A file of the page.",
       .answer = "PageFile",
       .answer_type = "text/html",
       .text_types = {"text/css", "text/javascript", "image/svg+xml"},
       .errors = {ErrorCode::kNotFound}},
  };
}

// The id in `path` if it has the form of `pattern`; "" where the pattern has none.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto open = pattern.find('{');
  if (open == std::string_view::npos) {
    return path == pattern ? std::optional<std::string>("") : std::nullopt;
  }
  const auto close = pattern.find('}');
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(close + 1);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return std::nullopt;
  }
  const std::string_view id =
      path.substr(before.size(), path.size() - before.size() - after.size());
  const bool takes_rest = pattern.substr(0, close).ends_with("...");
  if (!takes_rest && id.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(id);
}

}  // namespace

std::vector<ErrorCode> engine_errors() {
  return {ErrorCode::kContextExceeded, ErrorCode::kUnencodableText, ErrorCode::kQueueFull,
          ErrorCode::kUnavailable, ErrorCode::kTimeout};
}

const std::vector<Route>& routes() {
  static const std::vector<Route> table = [] {
    std::vector<Route> all = edit_routes();
    for (auto part : {text_routes(), compatible_routes(), workspace_routes(), service_routes()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch found;
  std::size_t closest = 0;
  for (const Route& route : routes()) {
    auto id = match(route.path, path);
    if (!id) continue;
    // "/v1/sessions/a/pin" may name the session "a/pin", too: the closest pattern is what is told.
    if (route.path.size() > closest) found.allow.clear();
    closest = std::max(closest, route.path.size());
    if (route.path.size() == closest) {
      if (!found.allow.empty()) found.allow += ", ";
      found.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    }
    if (route.method == method) {
      found.route = &route;
      found.id = std::move(*id);
    }
  }
  return found;
}

}  // namespace cromwell::api
