// Small tokenizers for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tokenizer/byte_alphabet.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

// All 256 bytes as ids 0..255, then the specials as control tokens; no merges.
inline Vocabulary byte_vocabulary(const std::vector<std::string>& specials = {}) {
  Vocabulary vocabulary;
  vocabulary.pre_tokenizer = "gpt-2";
  for (int byte = 0; byte < 256; ++byte) {
    vocabulary.tokens.push_back(spelling_of_bytes(std::string(1, static_cast<char>(byte))));
    vocabulary.kinds.push_back(TokenKind::kNormal);
  }
  for (const std::string& special : specials) {
    vocabulary.tokens.push_back(special);
    vocabulary.kinds.push_back(TokenKind::kControl);
  }
  return vocabulary;
}

inline std::shared_ptr<const Tokenizer> make_tokenizer(Vocabulary vocabulary) {
  auto tokenizer = Tokenizer::create(std::move(vocabulary));
  return tokenizer ? *tokenizer : nullptr;
}

}  // namespace cromwell::tokenizer
