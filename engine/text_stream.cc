#include "engine/text_stream.h"

#include <algorithm>

namespace cromwell::engine {

bool TextStream::push(tokenizer::TokenId token, std::string& out) {
  const bool is_spelt = std::find(spelt_.begin(), spelt_.end(), token) != spelt_.end();
  if (tokenizer_->is_special(token) && !is_spelt) return false;
  scratch_.clear();
  characters_.push(tokenizer_->bytes(token), scratch_);
  return stops_.push(scratch_, out);
}

bool TextStream::finish(std::string& out) {
  scratch_.clear();
  characters_.finish(scratch_);
  if (stops_.push(scratch_, out)) return true;
  stops_.finish(out);
  return false;
}

}  // namespace cromwell::engine
