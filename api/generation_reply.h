// GenerationReply: turns the events of one generation, or of several that continue one prompt, into
// one HTTP answer, whole or as a stream, and cancels them when its client goes. Owned by the
// engine's sinks; their events come on the engine thread, one at a time, and nothing else touches
// it.
#pragma once

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answer_shape.h"
#include "api/cancellation.h"
#include "api/http.h"
#include "api/meters.h"
#include "engine/engine.h"
#include "engine/generation.h"

namespace cromwell::api {

struct ReplyOptions {
  std::string id;
  std::string model;
  std::time_t created = 0;
  bool stream = false;
  bool include_usage = false;
  bool wants_tokens = false;  // an event for each token, also where its text is not yet certain
  std::string echo;           // the prompt's text, where it is to be shown
  bool has_echo = false;
  bool echo_is_scored = false;              // wait for the prompt's scores before showing it
  std::vector<engine::TokenId> prompt_ids;  // to be shown
  bool shows_prompt_ids = false;
  bool has_prediction = false;
  std::shared_ptr<Meters> meters;
};

class GenerationReply {
 public:
  // One shape for each choice of the answer.
  GenerationReply(std::shared_ptr<Responder> responder, std::shared_ptr<Cancellation> cancellation,
                  std::vector<std::unique_ptr<AnswerShape>> shapes, ReplyOptions options);

  void on_event(std::size_t choice, engine::Event&& event);

 private:
  struct Choice {
    std::unique_ptr<AnswerShape> shape;
    Piece answer;  // all of it where it is not streamed
    std::optional<Ending> ending;
  };
  void on(Choice& choice, engine::Started&& started);
  void on(Choice& choice, engine::Progress&& progress);
  void on(Choice& choice, engine::PromptScored&& scored);
  void on(Choice& choice, engine::Token&& token);
  void on(Choice& choice, engine::Finished&& finished);
  void on(Choice& choice, engine::Failed&& failed);

  JsonOut envelope(std::string_view object, JsonOut choices);
  std::string piece_frame(JsonOut choice);
  void show_prompt(Piece prompt);
  void finish_choice(Choice& choice, Piece last);
  void finish_stream();
  void finish_whole();
  Ending total() const;
  void write(std::string frame);

  std::shared_ptr<Responder> responder_;
  std::shared_ptr<Cancellation> cancellation_;
  std::vector<Choice> choices_;
  ReplyOptions options_;
  Piece prompt_;  // with echo
  std::uint64_t seed_ = 0;
  bool streaming_ = false;  // the stream has begun
  bool opened_ = false;     // an object has been sent
  bool over_ = false;       // the answer is complete, or an error
};

// Submits the request and its forks and lets the reply answer them; a refusal is answered at once.
// The forks' sinks are set here; shapes: one for the request and one for each fork.
void run_generation(engine::Engine& engine, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::vector<engine::ForkRequest> forks,
                    std::vector<std::unique_ptr<AnswerShape>> shapes, ReplyOptions options);

// The schema of a whole answer (or, as a stream's event, of one piece) around its choice.
JsonOut answer_schema(JsonOut choice, const char* object, bool is_piece);

}  // namespace cromwell::api
