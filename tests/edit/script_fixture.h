// A small vocabulary with Cromwell's own tokens.
#pragma once

#include <string>

#include "edit/edit_script.h"
#include "tests/fakes/small_tokenizer.h"

namespace cromwell::edit {

inline tokenizer::Vocabulary script_vocabulary() {
  tokenizer::Vocabulary vocabulary = fakes::small_vocabulary();
  for (const char* special : {"<FILE>", "<EDIT>", "</EDIT>", "<DIFF>", "<INS>", "<DEL>"}) {
    vocabulary.tokens.emplace_back(special);
    vocabulary.kinds.push_back(tokenizer::TokenKind::kControl);
  }
  return vocabulary;
}

inline std::shared_ptr<const tokenizer::Tokenizer> script_tokenizer() {
  return *tokenizer::Tokenizer::create(script_vocabulary());
}

}  // namespace cromwell::edit
