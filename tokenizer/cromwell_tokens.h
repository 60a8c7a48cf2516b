// The special tokens of Cromwell's own vocabulary, at the ids that its models are trained with:
// a token's place in the list is its id. Data only.
#pragma once

#include <iterator>
#include <string>
#include <vector>

namespace cromwell::tokenizer {

inline constexpr int kSpecialTokens = 32;  // those in use, and spare ones

inline constexpr const char* kCromwellTokens[] = {
    "<PAD>", "<EOS>", "<BOS>",        "<FILE>",       "<EDIT>",       "</EDIT>",      "<DIFF>",
    "<INS>", "<DEL>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<|im_start|>", "<|im_end|>",
};
// All kSpecialTokens of them: those above, then "<SPARE_0>" and so on.
inline std::vector<std::string> cromwell_tokens() {
  std::vector<std::string> tokens(std::begin(kCromwellTokens), std::end(kCromwellTokens));
  for (int spare = 0; static_cast<int>(tokens.size()) < kSpecialTokens; ++spare) {
    tokens.push_back("<SPARE_" + std::to_string(spare) + ">");
  }
  return tokens;
}

}  // namespace cromwell::tokenizer
