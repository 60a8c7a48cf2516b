#include "api/generation_reply.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace cromwell::api {

GenerationReply::GenerationReply(std::shared_ptr<Responder> responder,
                                 std::shared_ptr<base::CallSwitch> call_switch,
                                 std::unique_ptr<AnswerFormat> format, std::size_t choices,
                                 ReplyOptions options)
    : responder_(std::move(responder)),
      call_switch_(std::move(call_switch)),
      format_(std::move(format)),
      choices_(choices, Choice{.lines = LineLimit(options.lines)}),
      answers_(choices),
      options_(std::move(options)) {}

void GenerationReply::on_event(std::size_t choice, engine::Event&& event) {
  if (over_) return;  // one of the others has failed
  std::visit([&](auto&& one) { on(choice, std::move(one)); }, std::move(event));
}

void GenerationReply::on(std::size_t choice, engine::Started&& started) {
  std::string frame = format_->started(choice, started);
  if (options_.stream) {
    if (!std::exchange(streaming_, true)) {
      HttpResponse head = format_->head();
      head.body = std::move(frame);
      responder_->begin_stream(std::move(head));
    } else {
      write(std::move(frame));
    }
  }
  if (choice == 0 && options_.has_echo && !options_.echo_is_scored) show_prompt({});
}

void GenerationReply::on(std::size_t choice, engine::Progress&& progress) {
  if (streaming_ && choice == 0) write(format_->progress(progress));
}

void GenerationReply::on(std::size_t, engine::PromptScored&& scored) {
  show_prompt({.tokens = std::move(scored.tokens)});
}

void GenerationReply::show_prompt(Piece prompt) {
  prompt.text = std::move(options_.echo);
  if (streaming_) {
    for (std::size_t i = 0; i < choices_.size(); ++i) write(format_->echo(i, prompt));
  } else {
    prompt_ = std::move(prompt);
  }
}

void GenerationReply::on(std::size_t choice, engine::Token&& token) {
  Choice& one = choices_[choice];
  if (one.cut) return;
  const auto now = std::chrono::steady_clock::now();
  if (!one.first_token) one.first_token = now;
  const std::chrono::duration<double, std::milli> elapsed = now - *one.first_token;
  Piece piece{.text = one.lines.push(token.text, elapsed.count())};
  piece.tokens.push_back(std::move(token.scored));
  if (one.lines.ended()) cut(one);
  if (!streaming_) {
    answers_[choice].text += piece.text;
    answers_[choice].tokens.push_back(std::move(piece.tokens.front()));
  } else if (!piece.text.empty() || options_.wants_tokens) {
    write(format_->piece(choice, piece));
  }
}

void GenerationReply::cut(Choice& choice) {
  choice.cut = true;
  end_unseen();
}

// The generations are cancelled together, so one that is cut goes on unseen until each of the
// others is cut too or has ended.
void GenerationReply::end_unseen() {
  const bool all = std::all_of(choices_.begin(), choices_.end(),
                               [](const Choice& one) { return one.cut || one.ending; });
  if (all) call_switch_->cancel();
}

void GenerationReply::on(std::size_t choice, engine::Finished&& finished) {
  Choice& one = choices_[choice];
  if (finished.reason == engine::FinishReason::kCancelled && !one.cut && !options_.is_warming) {
    return on(choice,
              engine::Failed{{base::ErrorCode::kCancelled, "the generation was cancelled"}});
  }
  const bool stopped = finished.reason == engine::FinishReason::kStop && !one.cut;
  one.ending = Ending{.finish_reason = stopped ? "stop" : "length",
                      .usage = finished.usage,
                      .timings = finished.timings};
  if (one.cut) return finish_choice(choice, {});
  one.ending->stop_match = std::move(finished.stop_match);
  Piece last{.text = one.lines.push(finished.text, 0)};
  last.text += one.lines.finish();
  finish_choice(choice, std::move(last));
}

void GenerationReply::finish_choice(std::size_t choice, Piece last) {
  if (streaming_) {
    write(format_->last(choice, last, *choices_[choice].ending));
  } else {
    answers_[choice].text += last.text;
  }
  const bool is_last = std::all_of(choices_.begin(), choices_.end(),
                                   [](const Choice& one) { return one.ending.has_value(); });
  is_last ? finish_answer() : end_unseen();
}

void GenerationReply::finish_answer() {
  over_ = true;
  std::vector<Ending> endings;
  for (Choice& choice : choices_) endings.push_back(std::move(*choice.ending));
  if (!streaming_) return responder_->send(format_->whole(prompt_, answers_, endings));
  write(format_->end(endings));
  responder_->end_stream();
}

void GenerationReply::on(std::size_t, engine::Failed&& failed) {
  over_ = true;
  call_switch_->cancel();  // the others end
  if (!streaming_) return responder_->send(format_->refusal(failed.error));
  write(format_->failed(failed.error));
  responder_->end_stream();
}

void GenerationReply::write(std::string frame) {
  if (!frame.empty() && !responder_->write(std::move(frame))) call_switch_->cancel();
}

void run_generation(const ServiceParts& parts, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::vector<engine::ForkRequest> forks,
                    std::unique_ptr<AnswerFormat> format, ReplyOptions options) {
  const auto call_switch = cancel_when_gone(*responder);
  if (call_switch->cancelled()) return;
  AnswerFormat& refusals = *format;  // the reply, which owns it, lives to the end of this function
  const auto reply = std::make_shared<GenerationReply>(responder, call_switch, std::move(format),
                                                       forks.size() + 1, std::move(options));
  const auto sink_of = [&](std::size_t choice) {
    return parts.meters->metered(engine::EventSink(
        [reply, choice](engine::Event&& event) { reply->on_event(choice, std::move(event)); }));
  };
  for (std::size_t i = 0; i < forks.size(); ++i) forks[i].sink = sink_of(i + 1);
  auto generations = parts.engine.submit(std::move(request), sink_of(0), std::move(forks));
  if (!generations) return responder->send(refusals.refusal(generations.error()));
  call_switch->watch([generations = std::move(*generations)] {
    for (const engine::Generation& generation : generations) generation.cancel();
  });
}

}  // namespace cromwell::api
