// A request's prompt, given as text or as token ids, becomes what the engine takes. Any thread.
#pragma once

#include <string>
#include <vector>

#include "api/completion_wire.h"
#include "base/result.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct PromptTokens {
  std::vector<engine::TokenId> ids;
  std::string text;        // as echo shows it
  bool has_bos = false;    // that the caller did not write
  bool truncated = false;  // less than the caller wrote
};

// kUnencodableText, or kInvalidRequest if there is not one token.
base::Result<PromptTokens> tokens_of(const tokenizer::Tokenizer& tokenizer, Prompt prompt);

}  // namespace cromwell::api
