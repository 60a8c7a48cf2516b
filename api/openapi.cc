#include "api/openapi.h"

#include <map>
#include <set>

#include "api/chat_shape.h"
#include "api/chat_wire.h"
#include "api/complete_wire.h"
#include "api/completion_shape.h"
#include "api/completion_wire.h"
#include "api/edit_records.h"
#include "api/edit_schemas.h"
#include "api/edit_wire.h"
#include "api/json_reader.h"
#include "api/llama_format.h"
#include "api/llama_server_wire.h"
#include "api/llama_wire.h"
#include "api/ollama_models.h"
#include "api/openai_format.h"
#include "api/progress_wire.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/tokenize_wire.h"
#include "api/usage_wire.h"
#include "api/warm_wire.h"
#include "api/workspace_wire.h"

namespace cromwell::api {
namespace {

using base::ErrorCode;

// The name of a path's parameter is "id" everywhere; OpenAPI has no {id...}.
std::string path_text(std::string_view path) {
  std::string text(path);
  if (const auto dots = text.find("..."); dots != std::string::npos) text.erase(dots, 3);
  return text;
}

JsonOut error_schema() {
  return schema::object(
      {{"error", schema::object({{"code", schema::text("for programs")},
                                 {"type", schema::text("the family of the code")},
                                 {"message", schema::text("what, where, and what was expected")},
                                 {"param", schema::nullable(schema::text("the field at fault"))},
                                 {"detail", schema::ref("EditFailureDetail"), true}})}});
}

void add_llama_schemas(JsonOut& all) {
  all["LlamaRequest"] = llama_completion_fields().schema();
  all["InfillRequest"] = infill_fields().schema();
  all["LlamaAnswer"] = llama_answer_schema();
  all["LlamaPiece"] = llama_piece_schema();
  // The last event is the whole answer's shape, of which response_fields may leave out anything.
  all["LlamaEvent"] = schema::any_of({schema::ref("LlamaPiece"), schema::ref("LlamaAnswer")});
  all["LlamaSettings"] = llama_settings_schema();
  all["LlamaTimings"] = llama_timings_schema();
  all["ApplyTemplateRequest"] = apply_template_fields().schema();
  all["AppliedTemplate"] = schema::object({{"prompt", schema::text()}});
  all["Props"] = props_schema();
  all["Slots"] = slots_schema();
}

void add_service_schemas(JsonOut& all) {
  all["Model"] = schema::object({{"id", schema::text()},
                                 {"object", schema::one_of_texts({"model"})},
                                 {"created", schema::integer()},
                                 {"owned_by", schema::text()},
                                 {"max_model_len", schema::integer("tokens")},
                                 {"vocab_size", schema::integer()}});
  all["ModelList"] = schema::object(
      {{"object", schema::one_of_texts({"list"})}, {"data", schema::list(schema::ref("Model"))}});
  const JsonOut session = schema::object({{"id", schema::text()},
                                          {"cached_tokens", schema::integer("in memory")},
                                          {"pages", schema::integer("of 64 tokens that hold them")},
                                          {"pinned", schema::boolean()},
                                          {"running", schema::boolean()},
                                          {"idle_seconds", schema::number("since its last use")}});
  all["SessionList"] = schema::object({{"sessions", schema::list(session)}});
  all["SessionPinned"] = schema::object({{"id", schema::text()}, {"pinned", schema::boolean()}});
  all["SessionSaved"] =
      schema::object({{"id", schema::text()}, {"saved_tokens", schema::integer()}});
  all["SessionRestored"] =
      schema::object({{"id", schema::text()}, {"restored_tokens", schema::integer()}});
  all["SessionDeleted"] = schema::object({{"id", schema::text()}, {"deleted", schema::boolean()}});
  all["Alive"] =
      schema::object({{"status", schema::one_of_texts({"ok"})}, {"version", schema::text()}});
  all["Ready"] =
      schema::object({{"status", schema::one_of_texts({"ready", "draining", "failed"})},
                      {"model", schema::text()},
                      {"context", schema::integer("tokens")},
                      {"running", schema::integer("generations under way")},
                      {"queued", schema::integer("generations that wait")},
                      {"warning", schema::text("requests over TCP need no token"), true}});
  all["Health"] = schema::object({{"status", schema::one_of_texts({"ok", "unavailable"})}});
  all["Metrics"] = schema::text("one line for each sample, as Prometheus reads it");
  all["OpenApi"] = schema::of("object", "OpenAPI 3.1");
  all["PageFile"] = schema::text("HTML, CSS, JavaScript or SVG");
  all["Root"] = schema::object({{"name", schema::text()},
                                {"version", schema::text()},
                                {"model", schema::text()},
                                {"description", schema::text()},
                                {"endpoints", schema::list(schema::text())}});
}

JsonOut component_schemas() {
  JsonOut all;
  all["EditRequest"] = edit_fields().schema();
  all["CompletionRequest"] = completion_fields().schema();
  all["ChatRequest"] = chat_fields().schema();
  all["WarmRequest"] = warm_fields().schema();
  all["Warmed"] = warmed_schema();
  all["TokenizeRequest"] = tokenize_fields().schema();
  all["DetokenizeRequest"] = detokenize_fields().schema();

  all["Edit"] = edit_schema();
  JsonOut any_event = schema::any_of(
      {},
      "Server-sent events, each `event: NAME` and one object as `data:`; the schema of NAME's "
      "object is EditEvent_NAME. `start` is first, exactly one of `done` and `error` is last. "
      "Comment lines keep a silent stream alive.");
  const JsonOut events = edit_event_schemas();
  for (const auto& [name, event] : events.items()) {
    all["EditEvent_" + name] = event;
    any_event["anyOf"].push_back(schema::ref("EditEvent_" + name));
  }
  all["EditEvent"] = any_event;
  all["EditRecord"] = record_schema(true);
  all["EditCancelled"] = schema::object({{"id", schema::text()}, {"cancelled", schema::boolean()}});
  all["EditList"] = record_list_schema();
  all["EditListQuery"] = edit_list_fields().schema();
  all["ApplyRequest"] = apply_fields().schema();
  all["NoFields"] = no_fields().schema();
  all["ApplyHeader"] = apply_header_schema();
  all["EditEventsHeader"] = edit_events_header_schema();
  all["EditState"] = applied_record_schema();
  all["EditFailureDetail"] = schema::object(
      {{"attempts", schema::list(schema::object(
                        {{"file", schema::text("where the request gives `files`"), true},
                         {"attempt", schema::integer("from 1")},
                         {"text", schema::text("what the model wrote")},
                         {"reason", schema::text("why it was refused")}}))}});

  all["Completion"] = answer_schema(completion_choice_schema(), "text_completion", false);
  all["CompletionPiece"] = answer_schema(completion_choice_schema(), "text_completion", true);
  all["ChatCompletion"] = answer_schema(chat_choice_schema(), "chat.completion", false);
  all["ChatPiece"] = answer_schema(chat_piece_schema(), "chat.completion.chunk", true);
  all["PromptProgress"] = prompt_progress_schema();
  all["Usage"] = usage_schema();
  all["Timings"] = timings_schema();
  all["Tokens"] = tokens_schema();
  all["Content"] = content_schema();
  add_complete_schemas(all);
  add_llama_schemas(all);
  add_ollama_schemas(all);
  add_workspace_schemas(all);
  add_service_schemas(all);
  all["Error"] = error_schema();
  return all;
}

JsonOut json_content(std::string_view name) {
  JsonOut content;
  content["application/json"]["schema"] = schema::ref(name);
  return content;
}

JsonOut error_answer(const std::string& description, int retry_after_s, Dialect dialect) {
  JsonOut answer;
  answer["description"] = description;
  if (retry_after_s > 0) {
    JsonOut& header = answer["headers"]["Retry-After"];
    header["description"] = "seconds";
    header["schema"] = schema::integer();
  }
  answer["content"] = json_content(dialect == Dialect::kOllama ? "OllamaError" : "Error");
  return answer;
}

// The errors of a route by status; several codes may share one.
void add_errors(const Route& route, JsonOut& responses) {
  std::set<ErrorCode> codes(route.errors.begin(), route.errors.end());
  codes.insert({ErrorCode::kUnauthorized, ErrorCode::kForbidden});
  if (!route.request.empty()) {
    codes.insert(
        {ErrorCode::kInvalidJson, ErrorCode::kInvalidRequest, ErrorCode::kPayloadTooLarge});
  }
  const bool has_parameter = route.path.find('{') != std::string_view::npos;
  if (has_parameter) codes.insert(ErrorCode::kInvalidRequest);  // an escape that no path has
  if (route.method == "POST") {
    codes.insert({ErrorCode::kUnsupportedMedia, ErrorCode::kUnavailable});
  }
  std::map<int, std::string> by_status;
  std::map<int, int> retry_after_s;
  for (const ErrorCode code : codes) {
    const int status = http_status(code, route.dialect);
    std::string& text = by_status[status];
    text += (text.empty() ? "" : ", ") + std::string(error_status(code).code);
    retry_after_s[status] = error_status(code).retry_after_s;
  }
  // From server/, which counts the bytes of a target before there is a route.
  if (!route.query.empty() || has_parameter) by_status[414] = "target_too_long";
  for (const auto& [status, text] : by_status) {
    responses[std::to_string(status)] = error_answer(text, retry_after_s[status], route.dialect);
  }
}

// Fields of the query or the header.
void add_parameters(JsonOut& parameters, const JsonOut& fields, std::string_view place) {
  for (const auto& [name, field] : fields["properties"].items()) {
    JsonOut parameter;
    parameter["name"] = name;
    parameter["in"] = place;
    parameter["description"] = field["description"];
    parameter["required"] = false;
    if (fields.contains("required")) {
      for (const JsonOut& one : fields["required"]) {
        if (one == name) parameter["required"] = true;
      }
    }
    parameter["schema"] = field;
    parameters.push_back(std::move(parameter));
  }
}

// One event of a stream: its data is JSON, but for OpenAI's last "[DONE]".
JsonOut event_schema(std::string_view data) {
  JsonOut event;
  event["type"] = "object";
  event["required"] = JsonOut::array({"data"});
  event["properties"]["event"] = schema::text();
  JsonOut text = schema::text();
  text["contentMediaType"] = "application/json";
  text["contentSchema"] = schema::ref(data);
  JsonOut last;
  last["const"] = "[DONE]";
  event["properties"]["data"]["anyOf"] = JsonOut::array({std::move(text), std::move(last)});
  return event;
}

JsonOut operation(const Route& route, const JsonOut& schemas) {
  JsonOut object;
  object["operationId"] = route.operation;
  object["summary"] = route.summary;
  if (route.path.find('{') != std::string_view::npos) {
    JsonOut parameter;
    parameter["name"] = "id";
    parameter["in"] = "path";
    parameter["required"] = true;
    parameter["schema"] = schema::text();
    object["parameters"].push_back(std::move(parameter));
  }
  const auto fields = [&](std::string_view name) { return schemas[std::string(name)]; };
  if (!route.query.empty()) add_parameters(object["parameters"], fields(route.query), "query");
  if (!route.header.empty()) add_parameters(object["parameters"], fields(route.header), "header");
  if (!route.request.empty()) {
    object["requestBody"]["required"] = true;
    object["requestBody"]["content"] = json_content(route.request);
    object["requestBody"]["content"]["application/json"]["example"] =
        JsonOut::parse(route.example, nullptr, false);
  }
  JsonOut& good = object["responses"]["200"];
  good["description"] = route.summary;
  if (!route.answer.empty()) {
    good["content"][std::string(route.answer_type)]["schema"] = schema::ref(route.answer);
  }
  for (const std::string_view type : route.text_types) {
    good["content"][std::string(type)]["schema"] = schema::text();
  }
  if (!route.events.empty()) {
    good["content"]["text/event-stream"]["schema"] = event_schema(route.events);
  }
  if (route.lines) good["content"]["application/x-ndjson"]["schema"] = schema::ref(route.answer);
  add_errors(route, object["responses"]);
  return object;
}

}  // namespace

JsonOut openapi_document(const std::string& version) {
  JsonOut document;
  document["openapi"] = "3.1.0";
  document["info"]["title"] = "Cromwell";
  document["info"]["summary"] = "A local code-editing model server.";
  document["info"]["version"] = version;
  document["info"]["license"]["name"] = "MIT";
  document["info"]["license"]["identifier"] = "MIT";
  JsonOut server;
  server["url"] = "http://127.0.0.1:8411";
  document["servers"].push_back(std::move(server));
  document["paths"] = JsonOut::object();
  const JsonOut schemas = component_schemas();
  for (const Route& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    document["paths"][path_text(route.path)][method] = operation(route, schemas);
  }
  document["components"]["schemas"] = schemas;
  JsonOut& token = document["components"]["securitySchemes"]["token"];
  token["type"] = "http";
  token["scheme"] = "bearer";
  // A token is needed only where the daemon was started with one.
  JsonOut with_token;
  with_token["token"] = JsonOut::array();
  document["security"] = {JsonOut::object(), with_token};
  return document;
}

}  // namespace cromwell::api
