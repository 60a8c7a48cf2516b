#include "api/complete_wire.h"

#include <utility>

#include "api/edit_wire.h"
#include "api/error_status.h"
#include "api/limits.h"
#include "api/sampling_fields.h"
#include "api/sse.h"
#include "api/usage_wire.h"

namespace cromwell::api {
namespace {

using edit::FillPlace;

template <class T>
auto of_place(T FillPlace::* member) {
  return [member](CompleteBody& body) -> T& { return body.place.*member; };
}

FieldTable<CompleteBody> make_fields() {
  using Body = CompleteBody;
  FieldTable<Body> table;
  table
      .text("file", of_place(&FillPlace::file), {1, kMaxPathBytes},
            "Path of the file, relative to the workspace.")
      .required()
      .integer<int>("line", of_place(&FillPlace::line), {1, kMaxInt},
                    "The line of the place, 1-based; one past the last is the end of the file.")
      .required()
      .integer<int>("column", of_place(&FillPlace::column), {0, kMaxInt},
                    "How many characters of the line stand before the place. Default: all.")
      .text("workspace", of_place(&FillPlace::workspace), {0, kMaxPathBytes},
            "Absolute folder: a root of the daemon or beneath one. Default: the first root.")
      .absolute_path()
      .text("content", of_place(&FillPlace::content), {0, kMaxContentBytes},
            "The editor's unsaved text of the file, if it differs from the disk.")
      .integer<int>("context", &Body::context, {1, kMaxInt},
                    "Tokens that the model is shown at most. Default: what its context holds.")
      .object("files", of_place(&FillPlace::context), context_fields(),
              "What of other files is among them, as the context of /v1/edit.")
      .integer<int>("max_tokens", &Body::max_tokens, {1, kMaxInt},
                    "A cap on what the model writes; it is cut to what the context holds.");
  add_sampling(table, [](Body& body) -> auto& { return body.sampling; });
  add_stop(table, &Body::stop);
  add_priority(table, &Body::priority, "interactive");
  add_lora(table, &Body::lora);
  table
      .text("session", &Body::session, {0, kMaxSessionBytes},
            "A completion of the session that waits is answered 409: the newest takes its place.")
      .boolean("stream", &Body::stream, "Answer with server-sent events; beats the Accept header.")
      .integer<int>("t_max_prompt_ms", &Body::max_prompt_ms, {0, kMaxInt},
                    "Give up when the prompt takes longer; 0 is no limit.")
      .integer<int>("t_max_predict_ms", &Body::max_predict_ms, {0, kMaxInt},
                    "End the text when it takes longer; 0 is no limit.")
      .text("model", &Body::model, {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.");
  return table;
}

class CompleteFormat final : public AnswerFormat {
 public:
  explicit CompleteFormat(CompleteStart start) : start_(std::move(start)) {}

  HttpResponse head() const override { return sse_head(); }
  std::string started(std::size_t, const engine::Started& started) override {
    started_ = started;
    return sse_event("start", start_json());
  }
  std::string progress(const engine::Progress& progress) override {
    JsonOut event;
    event["processed"] = progress.processed;
    event["total"] = progress.total;
    return sse_event("progress", event);
  }
  std::string echo(std::size_t, const Piece&) override { return {}; }
  std::string piece(std::size_t, const Piece& piece) override {
    JsonOut event;
    event["text"] = piece.text;
    return sse_event("token", event);
  }
  std::string last(std::size_t choice, const Piece& piece, const Ending& ending) override {
    return (piece.text.empty() ? std::string() : this->piece(choice, piece)) +
           sse_event("done", done_json(ending));
  }
  std::string end(std::span<const Ending>) override { return {}; }
  std::string failed(const base::Error& error) override {
    JsonOut event = error_object(error);
    event["status"] = http_status(error.code, Dialect::kOwn);
    return sse_event("error", event);
  }
  HttpResponse whole(const Piece&, std::span<const Piece> answers,
                     std::span<const Ending> endings) override {
    JsonOut answer = start_json();
    answer["text"] = answers.front().text;
    answer.update(done_json(endings.front()));
    return json_response(answer);
  }
  HttpResponse refusal(const base::Error& error) const override { return error_response(error); }

 private:
  JsonOut start_json() const {
    JsonOut object;
    object["id"] = start_.id;
    object["model"] = start_.model;
    object["session"] = start_.session;
    object["file"] = start_.file;
    object["line"] = start_.line;
    object["column"] = start_.column;
    object["prompt_tokens"] = started_.prompt_tokens;
    object["cached_tokens"] = started_.cached_tokens;
    object["seed"] = started_.seed;
    object["context"]["used"] = start_.context_used;
    object["context"]["dropped"] = start_.context_dropped;
    return object;
  }
  static JsonOut done_json(const Ending& ending) {
    JsonOut object;
    object["finish_reason"] = ending.finish_reason;
    object["usage"] = usage_json(ending.usage, false);
    object["timings"] = timings_json(ending.timings, ending.usage);
    return object;
  }

  CompleteStart start_;
  engine::Started started_;
};

JsonOut dropped_schema() {
  return schema::list(schema::text(),
                      "of which a part was not shown for want of room; the file itself among them "
                      "where its ends were cut off");
}

JsonOut start_schema() {
  return schema::object({{"id", schema::text()},
                         {"model", schema::text()},
                         {"session", schema::text()},
                         {"file", schema::text()},
                         {"line", schema::integer()},
                         {"column", schema::integer("characters of the line before the place")},
                         {"prompt_tokens", schema::integer()},
                         {"cached_tokens", schema::integer()},
                         {"seed", schema::integer("the seed in use")},
                         {"context", schema::object({{"used", schema::list(schema::text())},
                                                     {"dropped", dropped_schema()}})}});
}

JsonOut done_schema() {
  return schema::object({{"finish_reason", schema::one_of_texts({"stop", "length"})},
                         {"usage", schema::ref("Usage")},
                         {"timings", schema::ref("Timings")}});
}

}  // namespace

const FieldTable<CompleteBody>& complete_fields() {
  static const FieldTable<CompleteBody> table = make_fields();
  return table;
}

std::unique_ptr<AnswerFormat> make_complete_format(CompleteStart start) {
  return std::make_unique<CompleteFormat>(std::move(start));
}

void add_complete_schemas(JsonOut& all) {
  all["CompleteRequest"] = complete_fields().schema();
  JsonOut whole = start_schema();
  whole["properties"]["text"] = schema::text("what stands at the place");
  whole["required"].push_back("text");
  const JsonOut done = done_schema();
  whole["properties"].update(done["properties"]);
  for (const JsonOut& name : done["required"]) whole["required"].push_back(name);
  all["Completed"] = whole;
  all["CompleteEvent_start"] = start_schema();
  all["CompleteEvent_token"] = schema::object({{"text", schema::text()}});
  all["CompleteEvent_done"] = done;
  all["CompleteEvent"] = schema::any_of(
      {schema::ref("CompleteEvent_start"), schema::ref("CompleteEvent_token"),
       schema::ref("CompleteEvent_done"), schema::ref("EditEvent_progress"),
       schema::ref("EditEvent_error")},
      "Server-sent events, each `event: NAME` and one object as `data:`; the schema of NAME's "
      "object is CompleteEvent_NAME, that of progress and error as of /v1/edit.");
}

}  // namespace cromwell::api
