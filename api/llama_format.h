// The answers of /completion and /infill as llama-server's clients read them. A stream ends with
// the event that says so, without [DONE]. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/answer_format.h"
#include "api/json_writer.h"
#include "api/llama_wire.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct LlamaFormatOptions {
  std::string model;
  std::string prompt;      // as text, special tokens too
  bool truncated = false;  // less of it than was sent
  LlamaOptions request;    // with the sampling in use
};

std::unique_ptr<AnswerFormat> make_llama_format(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, LlamaFormatOptions options);

// Only the members that `fields` name, or all if it is empty; those within others, spelled with
// slashes, as members of that name.
JsonOut pick_fields(JsonOut answer, const std::vector<std::string>& fields);

JsonOut llama_settings_json(const LlamaOptions& options);
JsonOut llama_settings_schema();
JsonOut llama_answer_schema();
JsonOut llama_piece_schema();

}  // namespace cromwell::api
