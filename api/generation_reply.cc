#include "api/generation_reply.h"

#include <utility>
#include <variant>

#include "api/error_status.h"
#include "api/schema.h"
#include "api/sse.h"
#include "api/usage_wire.h"

namespace cromwell::api {

GenerationReply::GenerationReply(std::shared_ptr<Responder> responder,
                                 std::shared_ptr<Cancellation> cancellation,
                                 std::unique_ptr<AnswerShape> shape, ReplyOptions options)
    : responder_(std::move(responder)),
      cancellation_(std::move(cancellation)),
      shape_(std::move(shape)),
      options_(std::move(options)) {}

void GenerationReply::on_event(engine::Event&& event) {
  std::visit([this](auto&& one) { on(std::move(one)); }, std::move(event));
}

void GenerationReply::on(engine::Started&& started) {
  seed_ = started.seed;
  if (options_.stream) {
    streaming_ = true;
    std::string first;
    if (JsonOut choice = shape_->opening(); !choice.is_null()) {
      first = sse_data(envelope(shape_->piece_object(), std::move(choice)));
    }
    responder_->begin_stream(sse_head(std::move(first)));
  }
  if (options_.has_echo && !options_.echo_is_scored) show_prompt({});
}

void GenerationReply::on(engine::Progress&& progress) {
  // Clients of this shape know no such event; a comment keeps the silent stream alive.
  if (streaming_) {
    write(sse_comment("prompt " + std::to_string(progress.processed) + "/" +
                      std::to_string(progress.total)));
  }
}

void GenerationReply::on(engine::PromptScored&& scored) {
  show_prompt({.tokens = std::move(scored.tokens)});
}

void GenerationReply::show_prompt(Piece prompt) {
  prompt.text = std::move(options_.echo);
  if (streaming_) {
    write(sse_data(envelope(shape_->piece_object(), shape_->echo(prompt))));
  } else {
    prompt_ = std::move(prompt);
  }
}

void GenerationReply::on(engine::Token&& token) {
  if (!streaming_) {
    answer_.text += token.text;
    answer_.tokens.push_back(std::move(token.scored));
    return;
  }
  if (token.text.empty() && !options_.wants_tokens) return;
  Piece piece{.text = std::move(token.text)};
  piece.tokens.push_back(std::move(token.scored));
  write(sse_data(envelope(shape_->piece_object(), shape_->piece(piece))));
}

void GenerationReply::on(engine::Finished&& finished) {
  cancellation_->disarm();
  if (finished.reason == engine::FinishReason::kCancelled) {
    on(engine::Failed{{base::ErrorCode::kCancelled, "the generation was cancelled"}});
    return;
  }
  const Ending ending{
      .finish_reason = finished.reason == engine::FinishReason::kStop ? "stop" : "length",
      .stop_match = std::move(finished.stop_match),
      .usage = finished.usage,
      .timings = finished.timings};
  if (streaming_) {
    finish_stream({.text = std::move(finished.text)}, ending);
  } else {
    answer_.text += finished.text;
    finish_whole(ending);
  }
}

void GenerationReply::on(engine::Failed&& failed) {
  cancellation_->disarm();
  if (!streaming_) {
    responder_->send(error_response(failed.error, Dialect::kOpenAi));
    return;
  }
  JsonOut event;
  event["error"] = error_object(failed.error);
  event["error"]["status"] = http_status(failed.error.code, Dialect::kOpenAi);
  write(sse_data(event));
  write(std::string(kSseDone));
  responder_->end_stream();
}

JsonOut GenerationReply::envelope(std::string_view object, JsonOut choice) {
  JsonOut body;
  body["id"] = options_.id;
  body["object"] = object;
  body["created"] = options_.created;
  body["model"] = options_.model;
  body["seed"] = seed_;
  body["choices"] = JsonOut::array();
  if (!choice.is_null()) body["choices"].push_back(std::move(choice));
  if (options_.shows_prompt_ids && !std::exchange(opened_, true)) {
    body["prompt_token_ids"] = options_.prompt_ids;
  }
  if (options_.stream && options_.include_usage) body["usage"] = nullptr;
  return body;
}

void GenerationReply::finish_stream(const Piece& piece, const Ending& ending) {
  JsonOut last = envelope(shape_->piece_object(), shape_->last(piece, ending));
  last["timings"] = timings_json(ending.timings, ending.usage);
  write(sse_data(last));
  if (options_.include_usage) {
    JsonOut usage = envelope(shape_->piece_object(), nullptr);
    usage["usage"] = usage_json(ending.usage);
    write(sse_data(usage));
  }
  write(std::string(kSseDone));
  responder_->end_stream();
}

void GenerationReply::finish_whole(const Ending& ending) {
  JsonOut body = envelope(shape_->whole_object(), shape_->whole(prompt_, answer_, ending));
  body["usage"] = usage_json(ending.usage);
  body["timings"] = timings_json(ending.timings, ending.usage);
  responder_->send(json_response(body));
}

void GenerationReply::write(std::string frame) {
  if (!responder_->write(std::move(frame))) cancellation_->fire();
}

void run_generation(engine::Engine& engine, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::unique_ptr<AnswerShape> shape,
                    ReplyOptions options) {
  auto cancellation = std::make_shared<Cancellation>();
  responder->on_gone([weak = std::weak_ptr(cancellation)] {
    if (auto gone = weak.lock()) gone->fire();
  });
  if (cancellation->fired()) return;
  auto reply = std::make_shared<GenerationReply>(responder, cancellation, std::move(shape),
                                                 std::move(options));
  auto generation = engine.submit(
      std::move(request), [reply](engine::Event&& event) { reply->on_event(std::move(event)); });
  if (!generation) {
    responder->send(error_response(generation.error(), Dialect::kOpenAi));
    return;
  }
  cancellation->arm([generation = std::move(*generation)] { generation.cancel(); });
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
       {"usage", is_piece ? schema::nullable(schema::ref("Usage")) : schema::ref("Usage"),
        is_piece},
       {"timings", schema::ref("Timings"), is_piece}});
  return schema;
}

}  // namespace cromwell::api
