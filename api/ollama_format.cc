#include "api/ollama_format.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <utility>

#include "api/error_status.h"
#include "api/json_reader.h"
#include "api/logprobs.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

std::int64_t nanoseconds(double ms) { return std::llround(ms * 1e6); }

std::string line(const JsonOut& object) { return to_text(object) + "\n"; }

// What one line of the answer says. A call is told when all of it is there, its arguments as an
// object; those that are none are told as the text that they are.
struct Said {
  std::string text;
  JsonOut calls = JsonOut::array();
};

JsonOut part_json(const std::string& model, bool is_chat, Said said) {
  JsonOut object;
  object["model"] = model;
  object["created_at"] = utc_now();
  if (is_chat) {
    object["message"]["role"] = "assistant";
    object["message"]["content"] = std::move(said.text);
    if (!said.calls.empty()) object["message"]["tool_calls"] = std::move(said.calls);
  } else {
    object["response"] = std::move(said.text);
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
  std::string progress(const engine::Progress&) override { return piece_line({}, {}); }
  std::string echo(std::size_t, const Piece&) override { return {}; }

  std::string piece(std::size_t, const Piece& piece) override {
    remember(piece);
    Said said = read(piece, false);
    if (says_nothing(said) && !options_.logprobs) return {};
    return piece_line(std::move(said), piece.tokens);
  }
  std::string last(std::size_t, const Piece& piece, const Ending& ending) override {
    Said said = read(piece, true);
    const std::string rest =
        says_nothing(said) ? std::string() : piece_line(std::move(said), piece.tokens);
    return rest + line(done_json({}, {}, ending));
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
    Said said = read(answers.front(), true);
    return json_response(done_json(std::move(said), answers.front().tokens, endings.front()));
  }
  HttpResponse refusal(const base::Error& error) const override {
    return error_response(error, Dialect::kOllama);
  }

 private:
  void remember(const Piece& piece) {
    if (!shows_context_) return;
    for (const engine::ScoredToken& token : piece.tokens) options_.context.push_back(token.id);
  }

  Said read(const Piece& piece, bool is_last) {
    Said said;
    if (!options_.tools) {
      said.text = piece.text;
      return said;
    }
    for (const AnswerPart& part : options_.tools->push(piece.text)) add(part, said);
    if (is_last) {
      for (const AnswerPart& part : options_.tools->finish()) add(part, said);
    }
    return said;
  }

  void add(const AnswerPart& part, Said& said) {
    using Kind = AnswerPart::Kind;
    if (part.kind == Kind::kText) {
      said.text += part.text;
    } else if (part.kind == Kind::kCall) {
      call_ = {.name = part.text, .arguments = {}};
    } else if (part.kind == Kind::kArguments) {
      call_.arguments += part.text;
    } else if (auto arguments = parse_json(call_.arguments)) {
      JsonOut call;
      call["function"]["name"] = call_.name;
      call["function"]["arguments"] = *arguments;
      said.calls.push_back(std::move(call));
    } else {
      said.text += call_.name + call_.arguments;
    }
  }

  static bool says_nothing(const Said& said) { return said.text.empty() && said.calls.empty(); }

  JsonOut part(Said said, const std::vector<engine::ScoredToken>& tokens, bool done) const {
    JsonOut object = part_json(options_.model, options_.is_chat, std::move(said));
    object["done"] = done;
    if (options_.logprobs && !tokens.empty()) object["logprobs"] = writer_.chat(tokens)["content"];
    return object;
  }

  std::string piece_line(Said said, const std::vector<engine::ScoredToken>& tokens) const {
    return line(part(std::move(said), tokens, false));
  }

  JsonOut done_json(Said said, const std::vector<engine::ScoredToken>& tokens,
                    const Ending& ending) const {
    const engine::Timings& timings = ending.timings;
    JsonOut object = part(std::move(said), tokens, true);
    object["done_reason"] = ending.finish_reason;
    if (options_.truncated) object["truncated"] = true;
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
  tokenizer::ToolCall call_;  // the one that is being written
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
       {"truncated",
        schema::boolean("true where the context does not hold all of prompt and suffix"), true},
       {"logprobs", chat_logprobs_schema()["properties"]["content"], true},
       {"context", schema::list(schema::integer(), "for the next request's context"), true},
       {"total_duration", schema::integer("nanoseconds, as the others"), true},
       {"load_duration", schema::integer("the model is resident: 0"), true},
       {"prompt_eval_count", schema::integer("tokens"), true},
       {"prompt_eval_duration", schema::integer(), true},
       {"eval_count", schema::integer("tokens"), true},
       {"eval_duration", schema::integer(), true}});
  if (is_chat) {
    const JsonOut call = schema::object(
        {{"function",
          schema::object({{"name", schema::text()}, {"arguments", schema::of("object", {})}})}});
    schema["properties"]["message"] = schema::object({{"role", schema::text()},
                                                      {"content", schema::text()},
                                                      {"tool_calls", schema::list(call), true}});
  } else {
    schema["properties"]["response"] = schema::text("a piece of the answer, or all of it");
  }
  schema["required"].push_back(is_chat ? "message" : "response");
  return schema;
}

}  // namespace cromwell::api
