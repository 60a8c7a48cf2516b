// Log-probabilities in OpenAI's two shapes. `legacy` counts the characters of the answer's text as
// it goes, so one object serves one answer from its beginning. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "api/json_writer.h"
#include "engine/generation.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

// A token as text: its characters, or, where its bytes are no whole characters, as OpenAI spells
// them: "bytes:\xe2\x80". Different tokens stay different names in an object that way.
std::string token_text(const tokenizer::Tokenizer& tokenizer, engine::TokenId id);

class LogprobWriter {
 public:
  explicit LogprobWriter(std::shared_ptr<const tokenizer::Tokenizer> tokenizer)
      : tokenizer_(std::move(tokenizer)), starts_(tokenizer_->vocabulary().add_dummy_prefix) {}

  // A prompt given as text does not show the bos that was put before it.
  void hide_first() { hide_first_ = true; }

  // {tokens, token_logprobs, top_logprobs, text_offset} of /v1/completions.
  JsonOut legacy(std::span<const engine::ScoredToken> tokens, bool is_prompt);
  // {content: [{token, logprob, bytes, top_logprobs}]} of /v1/chat/completions.
  JsonOut chat(std::span<const engine::ScoredToken> tokens) const;
  // The list in it, with each token's id, as llama-server has it.
  JsonOut with_ids(std::span<const engine::ScoredToken> tokens) const;

 private:
  std::size_t shown_characters(engine::TokenId id, bool is_prompt);
  JsonOut list(std::span<const engine::ScoredToken> tokens, bool with_ids) const;

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_;
  std::size_t offset_ = 0;  // characters
  bool hide_first_ = false;
  bool starts_;  // the next token of the prompt may begin with the dummy prefix
};

JsonOut legacy_logprobs_schema();
JsonOut chat_logprobs_schema();

}  // namespace cromwell::api
