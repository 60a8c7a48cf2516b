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

struct ToolCall {
  std::string name;
  std::string arguments;  // JSON as Python's json.dumps writes it, which templates are tuned on
};

struct ChatMessage {
  std::string role;  // "system", "user", "assistant"; with tools also "tool": what a call gave
  std::string content;
  std::vector<ToolCall> tool_calls = {};  // of the assistant
};

class ChatTemplate {
 public:
  // `text` is the Jinja text of the GGUF, or the name of a known one ("chatml", "chatml-tools",
  // "qwen3", "llama3", "llama3.1", "deepseek-coder", "zephyr"). An unknown template is an error
  // that names --chat-template; an empty one with <|im_start|> in the vocabulary is ChatML.
  static base::Result<ChatTemplate> recognise(std::string_view text, const Tokenizer& tokenizer);

  std::string_view name() const;
  // How it speaks of tools; null: it has none, and conversations must have none.
  const ToolForm* tools() const { return style_.tools; }

  // Token ids of the conversation. Text of messages never becomes a control token, whatever it
  // spells. With add_generation_prompt the ids end where the assistant's answer begins.
  // kUnencodableText if a message holds a byte the vocabulary lacks. `tools`: a JSON text for each,
  // as json.dumps(tool, indent=tools()->indent) writes it.
  base::Result<std::vector<TokenId>> render_ids(const std::vector<ChatMessage>& messages,
                                                bool add_generation_prompt,
                                                const Tokenizer& tokenizer,
                                                const std::vector<std::string>& tools = {}) const;
  // The same as text, for people (/apply-template) and for tests against Jinja itself.
  std::string render_text(const std::vector<ChatMessage>& messages, bool add_generation_prompt,
                          const std::vector<std::string>& tools = {}) const;

 private:
  ChatStyle style_;
};

}  // namespace cromwell::tokenizer
