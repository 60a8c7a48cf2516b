// The choice of POST /v1/chat/completions. Not here: the request (api/chat_wire). One thread at a
// time.
#pragma once

#include <memory>
#include <optional>

#include "api/answer_shape.h"
#include "api/tool_call_reader.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct ChatShapeOptions {
  int index = 0;  // of the choice
  bool logprobs = false;
  bool token_ids = false;
  std::optional<ToolCallReader> tools;  // none: the answer is text, whatever it says
};

std::unique_ptr<AnswerShape> make_chat_shape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                                             ChatShapeOptions options);

JsonOut chat_choice_schema();
JsonOut chat_piece_schema();

}  // namespace cromwell::api
