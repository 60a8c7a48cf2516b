// GenerationReply: turns the events of one generation, or of several that continue one prompt, into
// one HTTP answer, whole or as a stream, and cancels them when its client goes. Owned by the
// engine's sinks; their events come on the engine thread, one at a time, and nothing else touches
// it. Not here: what the answer looks like (api/answer_format).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answer_format.h"
#include "api/http.h"
#include "api/line_limit.h"
#include "api/service.h"
#include "engine/engine.h"
#include "engine/generation.h"

namespace cromwell::api {

struct ReplyOptions {
  bool stream = false;
  bool wants_tokens = false;  // an event for each token, also where its text is not yet certain
  bool is_warming = false;    // an end before the end of the prompt is one like any other
  bool has_echo = false;
  bool echo_is_scored = false;  // wait for the prompt's scores before showing it
  std::string echo;             // the prompt's text, where it is to be shown
  LineLimitOptions lines;
};

class GenerationReply {
 public:
  GenerationReply(std::shared_ptr<Responder> responder,
                  std::shared_ptr<base::CallSwitch> call_switch,
                  std::unique_ptr<AnswerFormat> format, std::size_t choices, ReplyOptions options);

  void on_event(std::size_t choice, engine::Event&& event);

 private:
  struct Choice {
    LineLimit lines;
    std::optional<std::chrono::steady_clock::time_point> first_token;
    bool cut = false;  // it was ended by us: what of it still comes is dropped
    std::optional<Ending> ending;
  };
  void on(std::size_t choice, engine::Started&& started);
  void on(std::size_t choice, engine::Progress&& progress);
  void on(std::size_t choice, engine::PromptScored&& scored);
  void on(std::size_t choice, engine::Token&& token);
  void on(std::size_t choice, engine::Finished&& finished);
  void on(std::size_t choice, engine::Failed&& failed);

  void show_prompt(Piece prompt);
  void cut(Choice& choice);
  void end_unseen();
  void finish_choice(std::size_t choice, Piece last);
  void finish_answer();
  void write(std::string frame);

  std::shared_ptr<Responder> responder_;
  std::shared_ptr<base::CallSwitch> call_switch_;
  std::unique_ptr<AnswerFormat> format_;
  std::vector<Choice> choices_;
  std::vector<Piece> answers_;  // of each choice, where it is not streamed
  ReplyOptions options_;
  Piece prompt_;            // with echo
  bool streaming_ = false;  // the stream has begun
  bool over_ = false;       // the answer is complete, or an error
};

// Submits the request and its forks and lets the reply answer them; a refusal is answered at once.
// The forks' sinks are set here.
void run_generation(const ServiceParts& parts, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::vector<engine::ForkRequest> forks,
                    std::unique_ptr<AnswerFormat> format, ReplyOptions options);

}  // namespace cromwell::api
