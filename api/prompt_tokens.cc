#include "api/prompt_tokens.h"

#include <utility>

namespace cromwell::api {

base::Result<PromptTokens> tokens_of(const tokenizer::Tokenizer& tokenizer, Prompt prompt) {
  PromptTokens tokens;
  if (auto* ids = std::get_if<std::vector<engine::TokenId>>(&prompt)) {
    tokens.text = tokenizer.decode(*ids);
    tokens.ids = std::move(*ids);
    return tokens;
  }
  tokens.text = std::move(std::get<std::string>(prompt));
  tokenizer::Encoding encoding =
      tokenizer.encode(tokens.text, {.parse_special = true, .add_bos = true});
  if (!encoding.unencodable.empty()) {
    return base::Error{base::ErrorCode::kUnencodableText,
                       "prompt: the vocabulary has no token for the byte at offset " +
                           std::to_string(encoding.unencodable.front()),
                       "prompt"};
  }
  const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
  tokens.has_bos = vocabulary.add_bos && vocabulary.bos.has_value();
  tokens.ids = std::move(encoding.ids);
  if (tokens.ids.empty()) {
    return base::Error{base::ErrorCode::kInvalidRequest, "prompt: empty, expected at least a token",
                       "prompt"};
  }
  return tokens;
}

}  // namespace cromwell::api
