// TextStream: the text of a generation, token by token: bytes, whole UTF-8 characters, stop
// strings. Special tokens (control, unknown) have no text, but for those that the request wants
// spelt. A value: a fork copies it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/stop_matcher.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

class TextStream {
 public:
  TextStream(const tokenizer::Tokenizer& tokenizer, const std::vector<std::string>& stops,
             std::vector<tokenizer::TokenId> spelt = {})
      : tokenizer_(&tokenizer), spelt_(std::move(spelt)), stops_(stops) {}

  // Appends to `out` the text that became certain. True when a stop string is complete.
  bool push(tokenizer::TokenId token, std::string& out);
  // No token follows: lets out what was held back. True when that completed a stop string.
  bool finish(std::string& out);

  const std::string& stop_match() const { return stops_.match(); }

 private:
  const tokenizer::Tokenizer* tokenizer_;
  std::vector<tokenizer::TokenId> spelt_;
  tokenizer::StreamDecoder characters_;
  StopMatcher stops_;
  std::string scratch_;
};

}  // namespace cromwell::engine
