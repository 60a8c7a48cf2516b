// Text from the daemon: POST /v1/chat/completions and /v1/complete, and their events.
#include <nlohmann/json.hpp>
#include <utility>

#include "clients/cli/server_flags.h"
#include "clients/cli/sse_parser.h"
#include "clients/cli/terminal.h"
#include "clients/cli/text_source.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;
using OnText = TextSource::OnText;

void add_options(json& body, const TextOptions& options) {
  body["stream"] = true;
  body["temperature"] = options.temperature;
  if (options.max_tokens) body["max_tokens"] = *options.max_tokens;
  if (options.seed) body["seed"] = *options.seed;
}

json chat_body(const ChatJob& job) {
  json body = {{"session", job.session},
               {"return_progress", true},
               {"stream_options", {{"include_usage", true}}}};
  for (const tokenizer::ChatMessage& message : job.messages) {
    body["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  add_options(body, job.options);
  return body;
}

json complete_body(const CompleteJob& job, const FileLocation& location) {
  json body = {
      {"workspace", location.workspace}, {"file", location.files.front()}, {"line", job.line}};
  if (job.column) body["column"] = *job.column;
  if (job.context) body["context"] = *job.context;
  add_options(body, job.options);
  return body;
}

// The events of either stream as they come, put together.
class Collector {
 public:
  explicit Collector(const OnText& on_text) : on_text_(on_text) {}

  void take(const SseEvent& event) {
    const json data = json::parse(event.data, nullptr, false);
    if (!data.is_object()) return;  // [DONE]
    if (event.name == "error" || data.contains("error")) {
      error_ = error_of(data.value("error", data));
    } else if (event.name == "message") {
      take_chunk(data);
    } else if (event.name == "token") {
      take_text(data.value("text", ""));
    } else if (event.name == "progress") {
      show_progress(data);
    } else if (event.name == "done") {
      answer_.finish_reason = data.value("finish_reason", "");
      take_usage(data);
    }
  }

  Result<TextAnswer> answer() {
    progress_.clear();
    if (error_) return *error_;
    if (answer_.finish_reason.empty()) {
      return Error{.code = ErrorCode::kIo, .message = "the daemon's answer ended too early"};
    }
    return answer_;
  }
  TextAnswer cancelled() {
    progress_.clear();
    answer_.finish_reason = "cancelled";
    return answer_;
  }

 private:
  // One of OpenAI's.
  void take_chunk(const json& data) {
    const json choice = data.value("/choices/0"_json_pointer, json::object());
    const json text = choice.value("/delta/content"_json_pointer, json());
    const json reason = choice.value("finish_reason", json());
    if (text.is_string()) take_text(text.get<std::string>());
    if (reason.is_string()) answer_.finish_reason = reason.get<std::string>();
    if (data.contains("prompt_progress")) show_progress(data["prompt_progress"]);
    take_usage(data);
  }
  void take_text(const std::string& text) {
    if (text.empty()) return;
    progress_.clear();
    answer_.text += text;
    on_text_(text);
  }
  void take_usage(const json& data) {
    const json usage = data.value("usage", json());
    if (!usage.is_object()) return;
    answer_.prompt_tokens = usage.value("prompt_tokens", 0);
    answer_.completion_tokens = usage.value("completion_tokens", 0);
  }
  void show_progress(const json& data) {
    progress_.show("reading: " + std::to_string(data.value("processed", 0)) + " of " +
                   std::to_string(data.value("total", 0)) + " tokens");
  }

  const OnText& on_text_;
  TextAnswer answer_;
  std::optional<Error> error_;
  ProgressLine progress_;
};

class RemoteText final : public TextSource {
 public:
  explicit RemoteText(HttpClient client) : client_(std::move(client)) {}

  Result<TextAnswer> chat(const ChatJob& job, const OnText& on_text,
                          base::CallSwitch& call_switch) override {
    return ask("/v1/chat/completions", chat_body(job), on_text, call_switch);
  }

  Result<TextAnswer> complete(const CompleteJob& job, const OnText& on_text,
                              base::CallSwitch& call_switch) override {
    Result<TextAnswer> answer;
    for (const FileLocation& location : job.locations) {
      answer = ask("/v1/complete", complete_body(job, location), on_text, call_switch);
      // The daemon's root may lie deeper than the folder that we named.
      if (answer || answer.error().param != "path_outside_root") break;
    }
    return answer;
  }

 private:
  Result<TextAnswer> ask(const std::string& path, const json& body, const OnText& on_text,
                         base::CallSwitch& call_switch) const try {
    Collector collector(on_text);
    SseParser parser([&](const SseEvent& event) { collector.take(event); });
    const auto reply = client_.stream(
        path, body.dump(-1, ' ', false, json::error_handler_t::replace),
        [&](std::string_view bytes) { parser.push(bytes); }, &call_switch);
    if (!reply && reply.error().code == ErrorCode::kCancelled) return collector.cancelled();
    if (!reply) return reply.error();
    if (reply->content_type.starts_with("text/event-stream")) return collector.answer();
    CROMWELL_TRY(json_of(*reply));
    return collector.answer();
  } catch (const json::exception&) {  // a field of another type than the daemon gives it
    return Error{.code = ErrorCode::kIo,
                 .message = "the server's answer is not a Cromwell daemon's"};
  }

  HttpClient client_;
};

}  // namespace

std::unique_ptr<TextSource> remote_text(HttpClient client) {
  return std::make_unique<RemoteText>(std::move(client));
}

}  // namespace cromwell::cli
