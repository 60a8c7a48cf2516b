// The answers of /v1/completions and /v1/chat/completions: the envelope around OpenAI's choices,
// and the stream that ends with [DONE]. Not here: the choices (api/completion_shape,
// api/chat_shape). One thread at a time.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "api/answer_format.h"
#include "api/answer_shape.h"

namespace cromwell::api {

struct OpenAiOptions {
  std::string id;
  std::string model;
  std::time_t created = 0;
  bool stream = false;
  bool include_usage = false;
  bool shows_progress = false;  // of the prompt, as events and not as comments
  bool shows_prompt_ids = false;
  std::vector<engine::TokenId> prompt_ids;  // to be shown
  bool has_prediction = false;
  bool truncated = false;  // less of the prompt than was sent
};

// One shape for each choice of the answer.
std::unique_ptr<AnswerFormat> make_openai_format(std::vector<std::unique_ptr<AnswerShape>> shapes,
                                                 OpenAiOptions options);

// The schema of a whole answer (or, as a stream's event, of one piece) around its choice.
JsonOut answer_schema(JsonOut choice, const char* object, bool is_piece);

}  // namespace cromwell::api
