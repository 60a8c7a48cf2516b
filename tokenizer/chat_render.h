// The prompt formats themselves: how each known family of chat templates lays out a conversation.
// Pure functions; any thread. Not here: telling which family a template is (chat_template) and
// tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cromwell::tokenizer {

struct ChatMessage;

enum class ChatFamily {
  kChatMl,         // <|im_start|>role\n…<|im_end|>\n
  kQwen3,          // ChatML whose earlier answers lose their <think>…</think>
  kLlama3,         // <|start_header_id|>role<|end_header_id|>\n\n…<|eot_id|>
  kLlama31,        // kLlama3 with a system message that tells dates
  kDeepseekCoder,  // ### Instruction:\n…\n### Response:\n…
  kZephyr,         // <|role|>\n…eos\n
};

// How a family speaks of tools; one for each form that is known (chat_template_tools).
struct ToolForm {
  std::string_view name;
  std::string_view open, close;  // around each call in an answer; empty: all of it is the call
  std::string_view arguments;    // what a call's object names its arguments
  bool several = false;          // an answer may have more than one call
  int indent = 0;                // of the JSON texts that describe tools; 0: each is one line
};

struct ChatStyle {
  ChatFamily family = ChatFamily::kChatMl;
  std::string default_system;  // inserted where a conversation does not begin with a system message
  std::string bos;             // what the template writes first, may be empty
  std::string eos;             // the text of the vocabulary's eos
  bool always_opens_answer = false;  // ends with the assistant's opening even when not asked to
  const ToolForm* tools = nullptr;   // null: the template has none
};

// A run of text; markup is the format's own special tokens, the rest is plain text.
struct ChatPiece {
  std::string text;
  bool is_markup = false;
};

// `tools`: a JSON text for each, where style.tools is set.
std::vector<ChatPiece> render_chat(const ChatStyle& style, const std::vector<ChatMessage>& messages,
                                   const std::vector<std::string>& tools,
                                   bool add_generation_prompt);

}  // namespace cromwell::tokenizer
