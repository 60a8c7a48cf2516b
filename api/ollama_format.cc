#include "api/ollama_format.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <utility>

#include "api/error_status.h"
#include "api/logprobs.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

std::int64_t nanoseconds(double ms) { return std::llround(ms * 1e6); }

std::string line(const JsonOut& object) { return to_text(object) + "\n"; }

JsonOut part_json(const std::string& model, bool is_chat, const std::string& text) {
  JsonOut object;
  object["model"] = model;
  object["created_at"] = utc_now();
  if (is_chat) {
    object["message"]["role"] = "assistant";
    object["message"]["content"] = text;
  } else {
    object["response"] = text;
  }
  return object;
}

class OllamaFormat final : public AnswerFormat {
 public:
  OllamaFormat(std::shared_ptr<const tokenizer::Tokenizer> tokenizer, OllamaFormatOptions options)
      : options_(std::move(options)),
        shows_context_(!options_.context.empty()),
        writer_(std::move(tokenizer)) {}

  HttpResponse head() const override {
    return {.content_type = "application/x-ndjson", .headers = {{"Cache-Control", "no-cache"}}};
  }
  std::string started(std::size_t, const engine::Started&) override { return {}; }
  // A line that says nothing keeps the silent stream alive.
  std::string progress(const engine::Progress&) override { return piece_line({}); }
  std::string echo(std::size_t, const Piece&) override { return {}; }

  std::string piece(std::size_t, const Piece& piece) override {
    remember(piece);
    if (piece.text.empty() && !options_.logprobs) return {};
    return piece_line(piece);
  }
  std::string last(std::size_t, const Piece& piece, const Ending& ending) override {
    return (piece.text.empty() ? std::string() : piece_line(piece)) + line(done_json({}, ending));
  }
  std::string end(std::span<const Ending>) override { return {}; }
  std::string failed(const base::Error& error) override {
    JsonOut object;
    object["error"] = error.message;
    return line(object);
  }

  HttpResponse whole(const Piece&, std::span<const Piece> answers,
                     std::span<const Ending> endings) override {
    remember(answers.front());
    return json_response(done_json(answers.front(), endings.front()));
  }
  HttpResponse refusal(const base::Error& error) const override {
    return error_response(error, Dialect::kOllama);
  }

 private:
  void remember(const Piece& piece) {
    if (!shows_context_) return;
    for (const engine::ScoredToken& token : piece.tokens) options_.context.push_back(token.id);
  }

  JsonOut part(const Piece& piece, bool done) const {
    JsonOut object = part_json(options_.model, options_.is_chat, piece.text);
    object["done"] = done;
    if (options_.logprobs && !piece.tokens.empty()) {
      object["logprobs"] = writer_.chat(piece.tokens)["content"];
    }
    return object;
  }

  std::string piece_line(const Piece& piece) const { return line(part(piece, false)); }

  JsonOut done_json(const Piece& piece, const Ending& ending) const {
    const engine::Timings& timings = ending.timings;
    JsonOut object = part(piece, true);
    object["done_reason"] = ending.finish_reason;
    if (shows_context_) object["context"] = options_.context;
    object["total_duration"] =
        nanoseconds(timings.queue_ms + timings.prompt_ms + timings.predict_ms);
    object["load_duration"] = 0;
    object["prompt_eval_count"] = ending.usage.prompt_tokens;
    object["prompt_eval_duration"] = nanoseconds(timings.prompt_ms);
    object["eval_count"] = ending.usage.completion_tokens;
    object["eval_duration"] = nanoseconds(timings.predict_ms);
    return object;
  }

  OllamaFormatOptions options_;
  bool shows_context_;
  LogprobWriter writer_;
};

}  // namespace

std::unique_ptr<AnswerFormat> make_ollama_format(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, OllamaFormatOptions options) {
  return std::make_unique<OllamaFormat>(std::move(tokenizer), std::move(options));
}

JsonOut ollama_loaded_json(const std::string& model, bool is_chat) {
  JsonOut object = part_json(model, is_chat, {});
  object["done"] = true;
  object["done_reason"] = "load";
  return object;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
      now - std::chrono::system_clock::from_time_t(seconds));
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[24];
  const std::size_t length = std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(micros.count()));
  return std::string(date, length) + fraction;
}

JsonOut ollama_answer_schema(bool is_chat) {
  JsonOut schema = schema::object(
      {{"model", schema::text()},
       {"created_at", schema::text("a time, RFC 3339")},
       {"done", schema::boolean("the last line has the counts and times")},
       {"done_reason", schema::one_of_texts({"stop", "length", "load"}), true},
       {"logprobs", chat_logprobs_schema()["properties"]["content"], true},
       {"context", schema::list(schema::integer(), "for the next request's context"), true},
       {"total_duration", schema::integer("nanoseconds, as the others"), true},
       {"load_duration", schema::integer("the model is resident: 0"), true},
       {"prompt_eval_count", schema::integer("tokens"), true},
       {"prompt_eval_duration", schema::integer(), true},
       {"eval_count", schema::integer("tokens"), true},
       {"eval_duration", schema::integer(), true}});
  if (is_chat) {
    schema["properties"]["message"] =
        schema::object({{"role", schema::text()}, {"content", schema::text()}});
  } else {
    schema["properties"]["response"] = schema::text("a piece of the answer, or all of it");
  }
  schema["required"].push_back(is_chat ? "message" : "response");
  return schema;
}

}  // namespace cromwell::api
