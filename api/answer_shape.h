// AnswerShape: the one choice of a generation's answer as OpenAI's clients read it, whole or in
// pieces. The two OpenAI endpoints are its two shapes. Not here: what is around the choice
// (api/openai_format). One thread at a time.
#pragma once

#include <string_view>

#include "api/answer_format.h"
#include "api/json_writer.h"

namespace cromwell::api {

class AnswerShape {
 public:
  virtual ~AnswerShape() = default;
  virtual std::string_view whole_object() const = 0;  // "text_completion"
  virtual std::string_view piece_object() const = 0;  // the same for an event of a stream
  // What a stream opens with; null for nothing.
  virtual JsonOut opening() = 0;
  virtual JsonOut echo(const Piece& prompt) = 0;
  virtual JsonOut piece(const Piece& piece) = 0;  // null: nothing is certain yet
  virtual JsonOut last(const Piece& piece, const Ending& ending) = 0;
  // All of it at once; the prompt is empty without echo.
  virtual JsonOut whole(const Piece& prompt, const Piece& answer, const Ending& ending) = 0;
};

}  // namespace cromwell::api
