// AnswerFormat: how the answers of one generation, or of several that continue one prompt, are
// written for one kind of client: whole, or as the frames of a stream. Not here: when frames are
// sent (api/generation_reply). One thread at a time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/http.h"
#include "base/result.h"
#include "engine/generation.h"

namespace cromwell::api {

// A stretch of the answer: what was generated, or, with echo, the prompt.
struct Piece {
  std::string text;
  std::vector<engine::ScoredToken> tokens;
};

struct Ending {
  std::string finish_reason;  // "stop", "length"
  std::string stop_match;     // the stop string that ended it, if one did
  engine::Usage usage;
  engine::Timings timings;
};

// Of all answers: the prompt once, the tokens of each; they ran side by side.
inline Ending total(std::span<const Ending> endings) {
  Ending sum = endings.front();
  for (const Ending& ending : endings.subspan(1)) {
    engine::add(sum.usage, ending.usage);
    engine::add(sum.timings, ending.timings);
  }
  return sum;
}

class AnswerFormat {
 public:
  virtual ~AnswerFormat() = default;

  // The frames of a stream; an empty text sends nothing.
  virtual HttpResponse head() const = 0;
  virtual std::string started(std::size_t choice, const engine::Started& started) = 0;
  virtual std::string progress(const engine::Progress& progress) = 0;
  virtual std::string echo(std::size_t choice, const Piece& prompt) = 0;
  virtual std::string piece(std::size_t choice, const Piece& piece) = 0;
  virtual std::string last(std::size_t choice, const Piece& piece, const Ending& ending) = 0;
  virtual std::string end(std::span<const Ending> endings) = 0;
  virtual std::string failed(const base::Error& error) = 0;  // and the stream ends

  // All of it at once; started() was called. The prompt is empty without echo.
  virtual HttpResponse whole(const Piece& prompt, std::span<const Piece> answers,
                             std::span<const Ending> endings) = 0;
  // The answer of a request that failed before anything was sent.
  virtual HttpResponse refusal(const base::Error& error) const = 0;
};

}  // namespace cromwell::api
