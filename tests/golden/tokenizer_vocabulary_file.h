// Reads the plain vocabulary files that tests/golden/tokenizer_reference.py writes, so that tests
// need neither a GGUF nor JSON. Lines: `pre NAME`, `tokens N` and N lines of `KIND SPELLING`,
// `merges M` and M lines. For `pre sentencepiece` and `pre sentencepiece_without_prefix` instead of
// the merges `scores N` and N lines. Not a format for users.
#pragma once

#include <istream>
#include <string>

#include "tokenizer/tokenizer.h"

namespace cromwell::golden {

inline tokenizer::Vocabulary read_vocabulary(std::istream& in) {
  tokenizer::Vocabulary vocabulary;
  std::string word, line;
  std::size_t count = 0;
  in >> word >> vocabulary.pre_tokenizer >> word >> count;
  std::getline(in, line);
  for (std::size_t i = 0; i < count && std::getline(in, line); ++i) {
    vocabulary.kinds.push_back(static_cast<tokenizer::TokenKind>(line.at(0) - '0'));
    vocabulary.tokens.push_back(line.substr(2));
  }
  in >> word >> count;
  std::getline(in, line);
  for (std::size_t i = 0; i < count && std::getline(in, line); ++i) {
    if (word == "scores") {
      vocabulary.scores.push_back(std::stof(line));
    } else {
      vocabulary.merges.push_back(line);
    }
  }
  if (word == "scores") {
    vocabulary.model = "llama";
    vocabulary.add_dummy_prefix = vocabulary.pre_tokenizer == "sentencepiece";
  }
  return vocabulary;
}

}  // namespace cromwell::golden
