#include "api/llama_format.h"

#include <utility>

#include "api/error_status.h"
#include "api/logprobs.h"
#include "api/progress_wire.h"
#include "api/schema.h"
#include "api/sse.h"
#include "api/usage_wire.h"

namespace cromwell::api {
namespace {

constexpr int kSlot = 0;  // there are none: any number serves any request

const char* stop_type(const Ending& ending) {
  if (!ending.stop_match.empty()) return "word";
  return ending.finish_reason == "stop" ? "eos" : "limit";
}

class LlamaFormat final : public AnswerFormat {
 public:
  LlamaFormat(std::shared_ptr<const tokenizer::Tokenizer> tokenizer, LlamaFormatOptions options)
      : options_(std::move(options)), writer_(std::move(tokenizer)) {
    settings_ = llama_settings_json(options_.request);
  }

  HttpResponse head() const override { return sse_head(); }

  std::string started(std::size_t choice, const engine::Started& started) override {
    if (choice != 0) return {};
    progress_.begin(started);
    prompt_tokens_ = started.prompt_tokens;
    settings_["seed"] = started.seed;
    return {};
  }

  std::string progress(const engine::Progress& progress) override {
    if (!options_.request.return_progress) return sse_comment("prompt");
    JsonOut event = piece_json(0, {});
    event["prompt_progress"] = progress_.json(progress);
    return sse_data(event);
  }

  std::string echo(std::size_t, const Piece&) override { return {}; }
  std::string piece(std::size_t choice, const Piece& piece) override {
    predicted_ += static_cast<int>(piece.tokens.size());
    return sse_data(piece_json(choice, piece));
  }
  std::string last(std::size_t choice, const Piece& piece, const Ending& ending) override {
    return sse_data(answer_json(choice, piece, ending));
  }
  std::string end(std::span<const Ending>) override { return {}; }

  std::string failed(const base::Error& error) override {
    JsonOut event;
    event["error"] = error_object(error);
    event["error"]["status"] = http_status(error.code, Dialect::kOpenAi);
    return sse_data(event);
  }

  HttpResponse whole(const Piece&, std::span<const Piece> answers,
                     std::span<const Ending> endings) override {
    if (answers.size() == 1) return json_response(answer_json(0, answers[0], endings[0]));
    JsonOut list = JsonOut::array();
    for (std::size_t i = 0; i < answers.size(); ++i) {
      list.push_back(answer_json(i, answers[i], endings[i]));
    }
    return json_response(list);
  }

  HttpResponse refusal(const base::Error& error) const override {
    return error_response(error, Dialect::kOpenAi);
  }

 private:
  JsonOut tokens_json(const Piece& piece) const {
    JsonOut ids = JsonOut::array();
    if (!options_.request.return_tokens && !options_.request.stream) return ids;
    for (const engine::ScoredToken& token : piece.tokens) ids.push_back(token.id);
    return ids;
  }

  void add_probabilities(JsonOut& object, const Piece& piece) const {
    if (options_.request.n_probs == 0 || piece.tokens.empty()) return;
    object["completion_probabilities"] = writer_.with_ids(piece.tokens);
  }

  JsonOut piece_json(std::size_t choice, const Piece& piece) const {
    JsonOut object;
    object["index"] = choice;
    object["content"] = piece.text;
    object["tokens"] = tokens_json(piece);
    object["stop"] = false;
    object["id_slot"] = kSlot;
    object["tokens_predicted"] = predicted_;
    object["tokens_evaluated"] = prompt_tokens_;
    add_probabilities(object, piece);
    return object;
  }

  JsonOut answer_json(std::size_t choice, const Piece& piece, const Ending& ending) const {
    JsonOut object;
    object["index"] = choice;
    object["content"] = piece.text;
    object["tokens"] = tokens_json(piece);
    object["id_slot"] = kSlot;
    object["stop"] = true;
    object["model"] = options_.model;
    object["tokens_predicted"] = ending.usage.completion_tokens;
    object["tokens_evaluated"] = ending.usage.prompt_tokens;
    object["generation_settings"] = settings_;
    object["prompt"] = options_.prompt;
    object["has_new_line"] = piece.text.find('\n') != std::string::npos;
    object["truncated"] = options_.truncated;
    object["stop_type"] = stop_type(ending);
    object["stopping_word"] = ending.stop_match;
    object["tokens_cached"] = ending.usage.prompt_tokens + ending.usage.completion_tokens;
    object["timings"] = llama_timings_json(ending.timings, ending.usage);
    add_probabilities(object, piece);
    return pick_fields(std::move(object), options_.request.response_fields);
  }

  LlamaFormatOptions options_;
  LogprobWriter writer_;
  PromptProgress progress_;
  JsonOut settings_;
  int prompt_tokens_ = 0;
  int predicted_ = 0;
};

// The member that "a/b" leads to, or null.
const JsonOut* find_nested(const JsonOut& object, std::string_view path) {
  const JsonOut* at = &object;
  for (;;) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string name(path.substr(0, slash));
    if (!at->is_object() || !at->contains(name)) return nullptr;
    at = &(*at)[name];
    if (slash == path.size()) return at;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::unique_ptr<AnswerFormat> make_llama_format(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, LlamaFormatOptions options) {
  return std::make_unique<LlamaFormat>(std::move(tokenizer), std::move(options));
}

JsonOut pick_fields(JsonOut answer, const std::vector<std::string>& fields) {
  if (fields.empty()) return answer;
  JsonOut picked = JsonOut::object();
  for (const std::string& field : fields) {
    if (const JsonOut* member = find_nested(answer, field)) picked[field] = *member;
  }
  return picked;
}

JsonOut llama_settings_json(const LlamaOptions& options) {
  const engine::SamplingOptions& sampling = options.sampling;
  JsonOut object;
  object["n_predict"] = options.n_predict;
  object["seed"] = options.seed;
  object["temperature"] = shortest(sampling.temperature);
  object["top_k"] = sampling.top_k;
  object["top_p"] = shortest(sampling.top_p);
  object["min_p"] = shortest(sampling.min_p);
  object["typical_p"] = shortest(sampling.typical_p);
  object["repeat_penalty"] = shortest(sampling.repetition_penalty);
  object["presence_penalty"] = shortest(sampling.presence_penalty);
  object["frequency_penalty"] = shortest(sampling.frequency_penalty);
  object["stop"] = options.stop;
  object["ignore_eos"] = options.ignore_eos;
  object["stream"] = options.stream;
  object["n_probs"] = options.n_probs;
  return object;
}

JsonOut llama_settings_schema() {
  return schema::object({{"n_predict", schema::integer()},
                         {"seed", schema::integer("the seed in use")},
                         {"temperature", schema::number()},
                         {"top_k", schema::integer()},
                         {"top_p", schema::number()},
                         {"min_p", schema::number()},
                         {"typical_p", schema::number()},
                         {"repeat_penalty", schema::number()},
                         {"presence_penalty", schema::number()},
                         {"frequency_penalty", schema::number()},
                         {"stop", schema::list(schema::text())},
                         {"ignore_eos", schema::boolean()},
                         {"stream", schema::boolean()},
                         {"n_probs", schema::integer()}});
}

namespace {

JsonOut probabilities_schema() {
  const auto entry = [] {
    return schema::object({{"id", schema::integer()},
                           {"token", schema::text()},
                           {"logprob", schema::number()},
                           {"bytes", schema::list(schema::integer())}});
  };
  JsonOut one = entry();
  one["properties"]["top_logprobs"] = schema::list(entry());
  return schema::list(one, "with n_probs");
}

}  // namespace

JsonOut llama_piece_schema() {
  return schema::object({{"index", schema::integer("of the answer")},
                         {"content", schema::text()},
                         {"tokens", schema::list(schema::integer())},
                         {"stop", schema::boolean("the last event is the whole answer's shape")},
                         {"id_slot", schema::integer()},
                         {"tokens_predicted", schema::integer()},
                         {"tokens_evaluated", schema::integer()},
                         {"prompt_progress", schema::ref("PromptProgress"), true},
                         {"completion_probabilities", probabilities_schema(), true}});
}

// Every member may be left out, by response_fields; those spelled with slashes have any type.
JsonOut llama_answer_schema() {
  JsonOut answer =
      schema::object({{"index", schema::integer(), true},
                      {"content", schema::text(), true},
                      {"tokens", schema::list(schema::integer()), true},
                      {"id_slot", schema::integer("there are no slots: always 0"), true},
                      {"stop", schema::boolean(), true},
                      {"model", schema::text(), true},
                      {"tokens_predicted", schema::integer(), true},
                      {"tokens_evaluated", schema::integer("of the prompt"), true},
                      {"generation_settings", schema::ref("LlamaSettings"), true},
                      {"prompt", schema::text("as the model was shown it"), true},
                      {"has_new_line", schema::boolean(), true},
                      {"truncated", schema::boolean("the context does not hold all"), true},
                      {"stop_type", schema::one_of_texts({"eos", "limit", "word"}), true},
                      {"stopping_word", schema::text("the stop string that ended it"), true},
                      {"tokens_cached", schema::integer("in memory at the end"), true},
                      {"timings", schema::ref("LlamaTimings"), true},
                      {"completion_probabilities", probabilities_schema(), true}});
  answer["additionalProperties"] = JsonOut::object();
  return schema::any_of({answer, schema::list(answer)});
}

}  // namespace cromwell::api
