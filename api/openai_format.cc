#include "api/openai_format.h"

#include <utility>

#include "api/error_status.h"
#include "api/progress_wire.h"
#include "api/schema.h"
#include "api/sse.h"
#include "api/usage_wire.h"

namespace cromwell::api {
namespace {

class OpenAiFormat final : public AnswerFormat {
 public:
  OpenAiFormat(std::vector<std::unique_ptr<AnswerShape>> shapes, OpenAiOptions options)
      : shapes_(std::move(shapes)), options_(std::move(options)) {}

  HttpResponse head() const override { return sse_head(); }

  std::string started(std::size_t choice, const engine::Started& started) override {
    if (choice == 0) {
      seed_ = started.seed;
      progress_.begin(started);
    }
    return options_.stream ? frame(shapes_[choice]->opening()) : std::string();
  }

  // Most clients know no such event; a comment keeps the silent stream alive.
  std::string progress(const engine::Progress& progress) override {
    if (!options_.shows_progress) {
      return sse_comment("prompt " + std::to_string(progress.processed) + "/" +
                         std::to_string(progress.total));
    }
    JsonOut event = envelope(shapes_.front()->piece_object(), JsonOut::array());
    event["prompt_progress"] = progress_.json(progress);
    return sse_data(event);
  }

  std::string echo(std::size_t choice, const Piece& prompt) override {
    return frame(shapes_[choice]->echo(prompt));
  }
  std::string piece(std::size_t choice, const Piece& piece) override {
    return frame(shapes_[choice]->piece(piece));
  }
  std::string last(std::size_t choice, const Piece& piece, const Ending& ending) override {
    JsonOut event = envelope(shapes_[choice]->piece_object(),
                             JsonOut::array({shapes_[choice]->last(piece, ending)}));
    event["timings"] = timings_json(ending.timings, ending.usage);
    return sse_data(event);
  }

  std::string end(std::span<const Ending> endings) override {
    std::string frames;
    if (options_.include_usage) {
      JsonOut event = envelope(shapes_.front()->piece_object(), JsonOut::array());
      event["usage"] = usage_json(total(endings).usage, options_.has_prediction);
      frames = sse_data(event);
    }
    return frames.append(kSseDone);
  }

  // Without [DONE], which would say that all is well.
  std::string failed(const base::Error& error) override {
    JsonOut event;
    event["error"] = error_object(error);
    event["error"]["status"] = http_status(error.code, Dialect::kOpenAi);
    return sse_data(event);
  }

  HttpResponse whole(const Piece& prompt, std::span<const Piece> answers,
                     std::span<const Ending> endings) override {
    JsonOut choices = JsonOut::array();
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      choices.push_back(shapes_[i]->whole(prompt, answers[i], endings[i]));
    }
    JsonOut body = envelope(shapes_.front()->whole_object(), std::move(choices));
    const Ending all = total(endings);
    body["usage"] = usage_json(all.usage, options_.has_prediction);
    body["timings"] = timings_json(all.timings, all.usage);
    return json_response(body);
  }

  HttpResponse refusal(const base::Error& error) const override {
    return error_response(error, Dialect::kOpenAi);
  }

 private:
  JsonOut envelope(std::string_view object, JsonOut choices) {
    JsonOut body;
    body["id"] = options_.id;
    body["object"] = object;
    body["created"] = options_.created;
    body["model"] = options_.model;
    body["seed"] = seed_;
    body["choices"] = std::move(choices);
    if (options_.shows_prompt_ids && !std::exchange(prompt_ids_shown_, true)) {
      body["prompt_token_ids"] = options_.prompt_ids;
    }
    if (options_.truncated) body["truncated"] = true;
    if (options_.stream && options_.include_usage) body["usage"] = nullptr;
    return body;
  }

  // Nothing for a choice that says nothing.
  std::string frame(JsonOut choice) {
    if (choice.is_null()) return {};
    return sse_data(envelope(shapes_.front()->piece_object(), JsonOut::array({std::move(choice)})));
  }

  std::vector<std::unique_ptr<AnswerShape>> shapes_;
  OpenAiOptions options_;
  std::uint64_t seed_ = 0;
  PromptProgress progress_;
  bool prompt_ids_shown_ = false;
};

}  // namespace

std::unique_ptr<AnswerFormat> make_openai_format(std::vector<std::unique_ptr<AnswerShape>> shapes,
                                                 OpenAiOptions options) {
  return std::make_unique<OpenAiFormat>(std::move(shapes), std::move(options));
}

JsonOut answer_schema(JsonOut choice, const char* object, bool is_piece) {
  JsonOut schema = schema::object(
      {{"id", schema::text()},
       {"object", schema::one_of_texts({object})},
       {"created", schema::integer("seconds since 1970")},
       {"model", schema::text()},
       {"seed", schema::integer("the seed in use")},
       {"choices", schema::list(std::move(choice))},
       {"prompt_token_ids", schema::list(schema::integer()), true},
       {"truncated",
        schema::boolean("true where the context does not hold all of prompt and suffix"), true},
       {"usage", is_piece ? schema::nullable(schema::ref("Usage")) : schema::ref("Usage"),
        is_piece},
       {"timings", schema::ref("Timings"), is_piece}});
  if (is_piece) schema["properties"]["prompt_progress"] = schema::ref("PromptProgress");
  return schema;
}

}  // namespace cromwell::api
