// GenerationReply: turns the events of one generation into one HTTP answer, whole or as a stream,
// and cancels the generation when its client goes. Owned by the engine's sink; its events come on
// the engine thread, one at a time, and nothing else touches it.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "api/answer_shape.h"
#include "api/cancellation.h"
#include "api/http.h"
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
};

class GenerationReply {
 public:
  GenerationReply(std::shared_ptr<Responder> responder, std::shared_ptr<Cancellation> cancellation,
                  std::unique_ptr<AnswerShape> shape, ReplyOptions options);

  void on_event(engine::Event&& event);

 private:
  void on(engine::Started&& started);
  void on(engine::Progress&& progress);
  void on(engine::PromptScored&& scored);
  void on(engine::Token&& token);
  void on(engine::Finished&& finished);
  void on(engine::Failed&& failed);

  JsonOut envelope(std::string_view object, JsonOut choice);
  void show_prompt(Piece prompt);
  void finish_stream(const Piece& piece, const Ending& ending);
  void finish_whole(const Ending& ending);
  void write(std::string frame);

  std::shared_ptr<Responder> responder_;
  std::shared_ptr<Cancellation> cancellation_;
  std::unique_ptr<AnswerShape> shape_;
  ReplyOptions options_;
  Piece prompt_;  // with echo
  Piece answer_;  // all of it where it is not streamed
  std::uint64_t seed_ = 0;
  bool streaming_ = false;  // the stream has begun
  bool opened_ = false;     // an object has been sent
};

// Submits the request and lets the reply answer it; a refusal is answered at once.
void run_generation(engine::Engine& engine, std::shared_ptr<Responder> responder,
                    engine::GenerateRequest request, std::unique_ptr<AnswerShape> shape,
                    ReplyOptions options);

// The schema of a whole answer (or, as a stream's event, of one piece) around its choice.
JsonOut answer_schema(JsonOut choice, const char* object, bool is_piece);

}  // namespace cromwell::api
