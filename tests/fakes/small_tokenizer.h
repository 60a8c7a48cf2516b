// A tokenizer made in the test: 256 byte tokens, a few merged ones, and ChatML's special tokens.
// Ids: byte b in the order of the bytes 0 ... 255, then the merges, then the special tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cromwell::fakes {

// GPT-2's spelling of a byte: itself where printable, else the next code point from 256 on.
inline std::string byte_spelling(int byte) {
  const auto printable = [](int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  };
  int code_point = byte;
  if (!printable(byte)) {
    code_point = 256;
    for (int b = 0; b < byte; ++b) code_point += printable(b) ? 0 : 1;
  }
  if (code_point < 128) return std::string(1, static_cast<char>(code_point));
  return {static_cast<char>(0xC0 | (code_point >> 6)), static_cast<char>(0x80 | (code_point & 63))};
}

inline tokenizer::Vocabulary small_vocabulary() {
  tokenizer::Vocabulary vocabulary;
  vocabulary.pre_tokenizer = "gpt-2";
  for (int byte = 0; byte < 256; ++byte) vocabulary.tokens.push_back(byte_spelling(byte));
  const std::vector<std::pair<std::string, std::string>> merges = {
      {"t", "h"}, {"th", "e"}, {"i", "n"}, {"r", "e"}, {"Ġ", "the"}, {"re", "t"}, {"Ġ", "in"}};
  for (const auto& [left, right] : merges) {
    vocabulary.tokens.push_back(left + right);
    vocabulary.merges.push_back(left + " " + right);
  }
  vocabulary.kinds.assign(vocabulary.tokens.size(), tokenizer::TokenKind::kNormal);
  for (const char* special : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}) {
    if (std::string(special) == "<|im_end|>") {
      vocabulary.eos = static_cast<tokenizer::TokenId>(vocabulary.tokens.size());
    }
    vocabulary.tokens.emplace_back(special);
    vocabulary.kinds.push_back(tokenizer::TokenKind::kControl);
  }
  return vocabulary;
}

inline std::shared_ptr<const tokenizer::Tokenizer> small_tokenizer() {
  auto made = tokenizer::Tokenizer::create(small_vocabulary());
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

}  // namespace cromwell::fakes
