#include "tokenizer/chat_render.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tokenizer/chat_template.h"

namespace cromwell::tokenizer {
namespace {

class Writer {
 public:
  void markup(std::string_view text) {
    if (!text.empty()) pieces_.push_back({std::string(text), true});
  }
  // Neighbouring plain runs become one: a tokenizer sees them so.
  void plain(std::string_view text) {
    if (pieces_.empty() || pieces_.back().is_markup) pieces_.push_back({});
    pieces_.back().text += text;
  }
  std::vector<ChatPiece> take() { return std::move(pieces_); }

 private:
  std::vector<ChatPiece> pieces_;
};

std::string_view strip(std::string_view text, std::string_view characters) {
  const std::size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) + 1 - begin);
}

// Jinja's `trim` filter on what is nearly always ASCII white space.
std::string_view trim(std::string_view text) { return strip(text, " \t\n\r\v\f\x1c\x1d\x1e\x1f"); }

bool begins_with_system(const std::vector<ChatMessage>& messages) {
  return !messages.empty() && messages.front().role == "system";
}

void chatml_turn(Writer& out, std::string_view role, std::string_view content) {
  out.markup("<|im_start|>");
  out.plain(role);
  out.plain("\n");
  out.plain(content);
  out.markup("<|im_end|>");
  out.plain("\n");
}

void chatml(Writer& out, const ChatStyle& style, const std::vector<ChatMessage>& messages) {
  if (!style.default_system.empty() && !messages.empty() && !begins_with_system(messages)) {
    chatml_turn(out, "system", style.default_system);
  }
  for (const ChatMessage& message : messages) chatml_turn(out, message.role, message.content);
}

// An answer's reasoning and what follows it, as Qwen3's template splits them.
struct Answer {
  std::string_view reasoning, content;
};

Answer split_answer(std::string_view text) {
  constexpr std::string_view kOpen = "<think>", kClose = "</think>";
  const std::size_t last = text.rfind(kClose);
  if (last == std::string_view::npos) return {{}, text};
  std::string_view content = text.substr(last + kClose.size());
  content.remove_prefix(std::min(content.find_first_not_of('\n'), content.size()));
  std::string_view reasoning = text.substr(0, text.find(kClose));
  reasoning = reasoning.substr(0, reasoning.find_last_not_of('\n') + 1);
  if (const std::size_t open = reasoning.rfind(kOpen); open != std::string_view::npos) {
    reasoning.remove_prefix(open + kOpen.size());
  }
  return {strip(reasoning, "\n"), content};
}

void qwen3(Writer& out, const std::vector<ChatMessage>& messages) {
  std::size_t last_query = messages.empty() ? 0 : messages.size() - 1;
  for (std::size_t i = messages.size(); i-- > 0;) {
    const std::string& text = messages[i].content;
    const bool is_tool_result =
        text.starts_with("<tool_response>") && text.ends_with("</tool_response>");
    if (messages[i].role == "user" && !is_tool_result) {
      last_query = i;
      break;
    }
  }
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (message.role != "assistant") {
      chatml_turn(out, message.role, message.content);
      continue;
    }
    const Answer answer = split_answer(message.content);
    std::string text;
    if (i > last_query && (i + 1 == messages.size() || !answer.reasoning.empty())) {
      text.append("<think>\n").append(answer.reasoning).append("\n</think>\n\n");
      std::string_view content = answer.content;
      content.remove_prefix(std::min(content.find_first_not_of('\n'), content.size()));
      text += content;
    } else {
      text = answer.content;
    }
    chatml_turn(out, message.role, text);
  }
}

void llama3_header(Writer& out, std::string_view role) {
  out.markup("<|start_header_id|>");
  out.plain(role);
  out.markup("<|end_header_id|>");
  out.plain("\n\n");
}

void llama3_turn(Writer& out, const ChatMessage& message) {
  llama3_header(out, message.role);
  out.plain(trim(message.content));
  out.markup("<|eot_id|>");
}

void llama31(Writer& out, const std::vector<ChatMessage>& messages) {
  const bool has_system = begins_with_system(messages);
  llama3_header(out, "system");
  // The template's own default date: the prompt of a conversation must not change overnight.
  out.plain("Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n");
  if (has_system) out.plain(trim(messages.front().content));
  out.markup("<|eot_id|>");
  for (std::size_t i = has_system ? 1 : 0; i < messages.size(); ++i) llama3_turn(out, messages[i]);
}

void deepseek_coder(Writer& out, const ChatStyle& style, const std::vector<ChatMessage>& messages) {
  bool has_system = false;
  for (const ChatMessage& message : messages) has_system |= message.role == "system";
  if (!has_system) out.plain(style.default_system);
  for (const ChatMessage& message : messages) {
    if (message.role == "system") {
      out.plain(message.content);
    } else if (message.role == "user") {
      out.plain("### Instruction:\n" + message.content + "\n");
    } else {
      out.plain("### Response:\n" + message.content + "\n");
      out.markup("<|EOT|>");
      out.plain("\n");
    }
  }
}

void zephyr(Writer& out, const ChatStyle& style, const std::vector<ChatMessage>& messages) {
  for (const ChatMessage& message : messages) {
    out.markup("<|" + message.role + "|>");
    out.plain("\n" + message.content);
    out.markup(style.eos);
    out.plain("\n");
  }
}

void open_answer(Writer& out, ChatFamily family) {
  switch (family) {
    case ChatFamily::kChatMl:
    case ChatFamily::kQwen3:
      out.markup("<|im_start|>");
      return out.plain("assistant\n");
    case ChatFamily::kLlama3:
    case ChatFamily::kLlama31:
      return llama3_header(out, "assistant");
    case ChatFamily::kDeepseekCoder:
      return out.plain("### Response:\n");
    case ChatFamily::kZephyr:
      return out.markup("<|assistant|>");
  }
}

}  // namespace

std::vector<ChatPiece> render_chat(const ChatStyle& style, const std::vector<ChatMessage>& messages,
                                   bool add_generation_prompt) {
  Writer out;
  out.markup(style.bos);
  switch (style.family) {
    case ChatFamily::kChatMl:
      chatml(out, style, messages);
      break;
    case ChatFamily::kQwen3:
      qwen3(out, messages);
      break;
    case ChatFamily::kLlama3:
      for (const ChatMessage& message : messages) llama3_turn(out, message);
      break;
    case ChatFamily::kLlama31:
      llama31(out, messages);
      break;
    case ChatFamily::kDeepseekCoder:
      deepseek_coder(out, style, messages);
      break;
    case ChatFamily::kZephyr:
      zephyr(out, style, messages);
      break;
  }
  if (add_generation_prompt || style.always_opens_answer) open_answer(out, style.family);
  return out.take();
}

}  // namespace cromwell::tokenizer
