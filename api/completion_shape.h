// The choice of POST /v1/completions: OpenAI's legacy shape, with vLLM's token ids. Not here: the
// request (api/completion_wire). One thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "api/answer_shape.h"
#include "api/completion_wire.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct CompletionShapeOptions {
  int index = 0;  // of the choice
  bool logprobs = false;
  bool token_ids = false;
  bool hide_bos = false;                    // the prompt was text, and a bos was put before it
  std::vector<engine::TokenId> prompt_ids;  // shown with token_ids
};

std::unique_ptr<AnswerShape> make_completion_shape(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, CompletionShapeOptions options);

JsonOut completion_choice_schema();

}  // namespace cromwell::api
