// Renders messages as the prompt text a model was tuned on. Templates are recognised by their
// markers, never run: a template from a file is data. Not here: tokens (encode the result with
// parse_special for the template's own markers only; see render_ids).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokenizer/chat_render.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

struct ChatMessage {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

class ChatTemplate {
 public:
  // `text` is the Jinja text of the GGUF, or the name of a known one ("chatml", "qwen3", "llama3",
  // "llama3.1", "deepseek-coder", "zephyr"). An unknown template is an error that names
  // --chat-template; an empty one with <|im_start|> in the vocabulary is ChatML.
  static base::Result<ChatTemplate> recognise(std::string_view text, const Tokenizer& tokenizer);

  std::string_view name() const;

  // Token ids of the conversation. Text of messages never becomes a control token, whatever it
  // spells. With add_generation_prompt the ids end where the assistant's answer begins.
  // kUnencodableText if a message holds a byte the vocabulary lacks.
  base::Result<std::vector<TokenId>> render_ids(const std::vector<ChatMessage>& messages,
                                                bool add_generation_prompt,
                                                const Tokenizer& tokenizer) const;
  // The same as text, for people (/apply-template) and for tests against Jinja itself.
  std::string render_text(const std::vector<ChatMessage>& messages,
                          bool add_generation_prompt) const;

 private:
  ChatStyle style_;
};

}  // namespace cromwell::tokenizer
