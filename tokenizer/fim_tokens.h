// FimTokens: the tokens with which a model of code was taught to fill a gap (fill in the middle,
// Bavarian et al., 2022), found by their spelling in the vocabulary, and the prompt made of them.
// Pure; any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

struct FimTokens {
  TokenId prefix = -1;  // before the text above the gap
  TokenId suffix = -1;  // before the text below it
  TokenId middle = -1;  // before the gap's text, which the model writes
};

// None where the vocabulary lacks one of the three.
std::optional<FimTokens> find_fim_tokens(const Tokenizer& tokenizer);

// PREFIX before SUFFIX after MIDDLE (PSM), without what begins a text.
std::vector<TokenId> fim_sequence(const FimTokens& tokens, const std::vector<TokenId>& before,
                                  const std::vector<TokenId>& after);

// The prompt whose continuation stands between the two texts. kUnencodableText if one of them
// holds a byte the vocabulary lacks.
base::Result<std::vector<TokenId>> fim_prompt(const FimTokens& tokens, const Tokenizer& tokenizer,
                                              std::string_view before, std::string_view after);

}  // namespace cromwell::tokenizer
