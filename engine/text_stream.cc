#include "engine/text_stream.h"

namespace cromwell::engine {

bool TextStream::push(tokenizer::TokenId token, std::string& out) {
  if (tokenizer_->is_special(token)) return false;
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
