#include "api/completion_shape.h"

#include <span>
#include <utility>

#include "api/logprobs.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

JsonOut ids_json(std::span<const engine::ScoredToken> tokens) {
  JsonOut ids = JsonOut::array();
  for (const engine::ScoredToken& token : tokens) ids.push_back(token.id);
  return ids;
}

class CompletionShape final : public AnswerShape {
 public:
  CompletionShape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                  CompletionShapeOptions options)
      : options_(std::move(options)), writer_(std::move(tokenizer)) {
    if (options_.hide_bos) writer_.hide_first();
  }

  std::string_view whole_object() const override { return "text_completion"; }
  std::string_view piece_object() const override { return "text_completion"; }
  JsonOut opening() override { return nullptr; }
  JsonOut echo(const Piece& prompt) override { return choice(prompt, {}, nullptr); }
  JsonOut piece(const Piece& piece) override { return choice({}, piece, nullptr); }
  JsonOut last(const Piece& piece, const Ending& ending) override {
    return choice({}, piece, &ending);
  }
  JsonOut whole(const Piece& prompt, const Piece& answer, const Ending& ending) override {
    return choice(prompt, answer, &ending);
  }

 private:
  JsonOut choice(const Piece& prompt, const Piece& answer, const Ending* ending) {
    JsonOut object;
    object["index"] = options_.index;
    object["text"] = prompt.text + answer.text;
    object["logprobs"] = logprobs(prompt, answer);
    object["finish_reason"] = ending == nullptr ? JsonOut() : JsonOut(ending->finish_reason);
    object["stop_reason"] =
        ending == nullptr || ending->stop_match.empty() ? JsonOut() : JsonOut(ending->stop_match);
    if (options_.token_ids) {
      object["token_ids"] = ids_json(answer.tokens);
      // Once in an answer, also when that is a stream.
      if (!std::exchange(prompt_ids_shown_, true)) object["prompt_token_ids"] = options_.prompt_ids;
    }
    return object;
  }

  JsonOut logprobs(const Piece& prompt, const Piece& answer) {
    if (!options_.logprobs) return nullptr;
    JsonOut object = writer_.legacy(prompt.tokens, true);
    const JsonOut more = writer_.legacy(answer.tokens, false);
    for (const auto& [name, list] : more.items()) {
      for (const JsonOut& value : list) object[name].push_back(value);
    }
    return object;
  }

  CompletionShapeOptions options_;
  LogprobWriter writer_;
  bool prompt_ids_shown_ = false;
};

}  // namespace

std::unique_ptr<AnswerShape> make_completion_shape(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, CompletionShapeOptions options) {
  return std::make_unique<CompletionShape>(std::move(tokenizer), std::move(options));
}

JsonOut completion_choice_schema() {
  return schema::object(
      {{"index", schema::integer()},
       {"text", schema::text("what was generated; with echo the prompt is before it")},
       {"logprobs", schema::nullable(legacy_logprobs_schema())},
       {"finish_reason", schema::nullable(schema::one_of_texts({"stop", "length"}))},
       {"stop_reason", schema::nullable(schema::text("the stop string that ended it"))},
       {"token_ids", schema::list(schema::integer()), true},
       {"prompt_token_ids", schema::list(schema::integer()), true}});
}

}  // namespace cromwell::api
