// AnswerShape: the one choice of a generation's answer as JSON, whole or in pieces. The two OpenAI
// endpoints are its two shapes. Not here: what is around the choice, and when pieces are sent
// (api/generation_reply). One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
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

class AnswerShape {
 public:
  virtual ~AnswerShape() = default;
  virtual std::string_view whole_object() const = 0;  // "text_completion"
  virtual std::string_view piece_object() const = 0;  // the same for an event of a stream
  // What a stream opens with; null for nothing.
  virtual JsonOut opening() = 0;
  virtual JsonOut echo(const Piece& prompt) = 0;
  virtual JsonOut piece(const Piece& piece) = 0;
  virtual JsonOut last(const Piece& piece, const Ending& ending) = 0;
  // All of it at once; the prompt is empty without echo.
  virtual JsonOut whole(const Piece& prompt, const Piece& answer, const Ending& ending) = 0;
};

}  // namespace cromwell::api
