#include "api/generation_reply.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "api/error_status.h"
#include "api/schema.h"
#include "api/sse.h"
#include "api/usage_wire.h"

namespace cromwell::api {

GenerationReply::GenerationReply(std::shared_ptr<Responder> responder,
                                 std::shared_ptr<Cancellation> cancellation,
                                 std::vector<std::unique_ptr<AnswerShape>> shapes,
                                 ReplyOptions options)
    : responder_(std::move(responder)),
      cancellation_(std::move(cancellation)),
      options_(std::move(options)) {
  for (auto& shape : shapes) choices_.push_back({.shape = std::move(shape), .answer = {}});
}

void GenerationReply::on_event(std::size_t choice, engine::Event&& event) {
  if (over_) return;  // one of the others has failed
  std::visit([&](auto&& one) { on(choices_[choice], std::move(one)); }, std::move(event));
}

void GenerationReply::on(Choice& choice, engine::Started&& started) {
  const bool is_first = &choice == &choices_.front();
  if (is_first) seed_ = started.seed;
  if (options_.stream) {
    std::string frame;
    if (JsonOut opening = choice.shape->opening(); !opening.is_null()) {
      frame = piece_frame(std::move(opening));
    }
    if (!std::exchange(streaming_, true)) {
      responder_->begin_stream(sse_head(std::move(frame)));
    } else if (!frame.empty()) {
      write(std::move(frame));
    }
  }
  if (is_first && options_.has_echo && !options_.echo_is_scored) show_prompt({});
}

void GenerationReply::on(Choice& choice, engine::Progress&& progress) {
  // Clients of this shape know no such event; a comment keeps the silent stream alive.
  if (streaming_ && &choice == &choices_.front()) {
    write(sse_comment("prompt " + std::to_string(progress.processed) + "/" +
                      std::to_string(progress.total)));
  }
}

void GenerationReply::on(Choice&, engine::PromptScored&& scored) {
  show_prompt({.tokens = std::move(scored.tokens)});
}

void GenerationReply::show_prompt(Piece prompt) {
  prompt.text = std::move(options_.echo);
  if (streaming_) {
    for (Choice& choice : choices_) write(piece_frame(choice.shape->echo(prompt)));
  } else {
    prompt_ = std::move(prompt);
  }
}

void GenerationReply::on(Choice& choice, engine::Token&& token) {
  if (!streaming_) {
    choice.answer.text += token.text;
    choice.answer.tokens.push_back(std::move(token.scored));
    return;
  }
  if (token.text.empty() && !options_.wants_tokens) return;
  Piece piece{.text = std::move(token.text)};
  piece.tokens.push_back(std::move(token.scored));
  write(piece_frame(choice.shape->piece(piece)));
}

void GenerationReply::on(Choice& choice, engine::Finished&& finished) {
  if (finished.reason == engine::FinishReason::kCancelled) {
    on(choice, engine::Failed{{base::ErrorCode::kCancelled, "the generation was cancelled"}});
    return;
  }
  choice.ending =
      Ending{.finish_reason = finished.reason == engine::FinishReason::kStop ? "stop" : "length",
             .stop_match = std::move(finished.stop_match),
             .usage = finished.usage,
             .timings = finished.timings};
  finish_choice(choice, {.text = std::move(finished.text)});
}

void GenerationReply::finish_choice(Choice& choice, Piece last) {
  const bool is_last = std::all_of(choices_.begin(), choices_.end(),
                                   [](const Choice& one) { return one.ending.has_value(); });
  if (streaming_) {
    JsonOut frame = envelope(choice.shape->piece_object(),
                             JsonOut::array({choice.shape->last(last, *choice.ending)}));
    frame["timings"] = timings_json(choice.ending->timings, choice.ending->usage);
    write(sse_data(frame));
  } else {
    choice.answer.text += last.text;
  }
  if (!is_last) return;
  over_ = true;
  cancellation_->disarm();
  streaming_ ? finish_stream() : finish_whole();
}

void GenerationReply::on(Choice&, engine::Failed&& failed) {
  over_ = true;
  choices_.size() > 1 ? cancellation_->fire() : cancellation_->disarm();  // fire: the others end
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

JsonOut GenerationReply::envelope(std::string_view object, JsonOut choices) {
  JsonOut body;
  body["id"] = options_.id;
  body["object"] = object;
  body["created"] = options_.created;
  body["model"] = options_.model;
  body["seed"] = seed_;
  body["choices"] = std::move(choices);
  if (options_.shows_prompt_ids && !std::exchange(opened_, true)) {
    body["prompt_token_ids"] = options_.prompt_ids;
  }
  if (options_.stream && options_.include_usage) body["usage"] = nullptr;
  return body;
}

std::string GenerationReply::piece_frame(JsonOut choice) {
  return sse_data(
      envelope(choices_.front().shape->piece_object(), JsonOut::array({std::move(choice)})));
}

// Of all choices: the prompt once, the tokens of each; they ran side by side.
Ending GenerationReply::total() const {
  Ending total = *choices_.front().ending;
  for (std::size_t i = 1; i < choices_.size(); ++i) {
    engine::add(total.usage, choices_[i].ending->usage);
    engine::add(total.timings, choices_[i].ending->timings);
  }
  return total;
}

void GenerationReply::finish_stream() {
  if (options_.include_usage) {
    JsonOut usage = envelope(choices_.front().shape->piece_object(), JsonOut::array());
    usage["usage"] = usage_json(total().usage, options_.has_prediction);
    write(sse_data(usage));
  }
  write(std::string(kSseDone));
  responder_->end_stream();
}

void GenerationReply::finish_whole() {
  JsonOut choices = JsonOut::array();
  for (Choice& choice : choices_) {
    choices.push_back(choice.shape->whole(prompt_, choice.answer, *choice.ending));
  }
  JsonOut body = envelope(choices_.front().shape->whole_object(), std::move(choices));
  const Ending all = total();
  body["usage"] = usage_json(all.usage, options_.has_prediction);
  body["timings"] = timings_json(all.timings, all.usage);
  responder_->send(json_response(body));
}

void GenerationReply::write(std::string frame) {
  if (!responder_->write(std::move(frame))) cancellation_->fire();
}

void run_generation(engine::Engine& engine, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::vector<engine::ForkRequest> forks,
                    std::vector<std::unique_ptr<AnswerShape>> shapes, ReplyOptions options) {
  auto cancellation = std::make_shared<Cancellation>();
  responder->on_gone([weak = std::weak_ptr(cancellation)] {
    if (auto gone = weak.lock()) gone->fire();
  });
  if (cancellation->fired()) return;
  const auto meters = options.meters;
  auto reply = std::make_shared<GenerationReply>(responder, cancellation, std::move(shapes),
                                                 std::move(options));
  const auto sink_of = [&](std::size_t choice) {
    return meters->metered(engine::EventSink(
        [reply, choice](engine::Event&& event) { reply->on_event(choice, std::move(event)); }));
  };
  for (std::size_t i = 0; i < forks.size(); ++i) forks[i].sink = sink_of(i + 1);
  auto generations = engine.submit(std::move(request), sink_of(0), std::move(forks));
  if (!generations) {
    responder->send(error_response(generations.error(), Dialect::kOpenAi));
    return;
  }
  cancellation->arm([generations = std::move(*generations)] {
    for (const engine::Generation& generation : generations) generation.cancel();
  });
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
