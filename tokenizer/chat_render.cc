#include "tokenizer/chat_render.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tokenizer/chat_template.h"
#include "tokenizer/chat_template_tools.h"

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

// The system message, with the tools behind it; how many messages that has taken.
std::size_t chatml_system(Writer& out, const ChatStyle& style,
                          const std::vector<ChatMessage>& messages,
                          const std::vector<std::string>& tools) {
  const bool has_system = begins_with_system(messages);
  if (messages.empty() || (tools.empty() && !has_system && style.default_system.empty())) return 0;
  std::string text = has_system ? messages.front().content : style.default_system;
  if (!tools.empty()) {
    if (has_system || !text.empty()) text += "\n\n";
    text += introduce_tagged(tools);
  }
  chatml_turn(out, "system", text);
  return has_system ? 1 : 0;
}

// What calls gave stands in one message of the user's for all that follow each other. `i` is the
// first of them; the last of them afterwards.
void chatml_results(Writer& out, const std::vector<ChatMessage>& messages, std::size_t& i) {
  out.markup("<|im_start|>");
  out.plain("user");
  out.plain(tagged_result(messages[i].content));
  for (; i + 1 < messages.size() && messages[i + 1].role == "tool"; ++i) {
    out.plain(tagged_result(messages[i + 1].content));
  }
  out.markup("<|im_end|>");
  out.plain("\n");
}

void chatml(Writer& out, const ChatStyle& style, const std::vector<ChatMessage>& messages,
            const std::vector<std::string>& tools) {
  for (std::size_t i = chatml_system(out, style, messages, tools); i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (message.role == "tool") {
      chatml_results(out, messages, i);
      continue;
    }
    std::string text = message.content;
    if (!message.tool_calls.empty() && !text.empty()) text += "\n";
    chatml_turn(out, message.role, text + tagged_calls(message.tool_calls));
  }
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

// The place of the last message that a person wrote; without one: of the last message.
std::size_t last_query(const std::vector<ChatMessage>& messages) {
  for (std::size_t i = messages.size(); i-- > 0;) {
    const std::string& text = messages[i].content;
    const bool is_tool_result =
        text.starts_with("<tool_response>") && text.ends_with("</tool_response>");
    if (messages[i].role == "user" && !is_tool_result) return i;
  }
  return messages.empty() ? 0 : messages.size() - 1;
}

// An answer's text: what it reasoned is shown where it came after the last question.
std::string qwen3_answer(const ChatMessage& message, bool is_recent, bool is_last) {
  const Answer answer = split_answer(message.content);
  std::string text;
  if (is_recent && (is_last || !answer.reasoning.empty())) {
    text.append("<think>\n").append(answer.reasoning).append("\n</think>\n\n");
    std::string_view content = answer.content;
    content.remove_prefix(std::min(content.find_first_not_of('\n'), content.size()));
    text += content;
  } else {
    text = answer.content;
  }
  if (!message.tool_calls.empty() && !answer.content.empty()) text += "\n";
  return text + tagged_calls(message.tool_calls);
}

void qwen3(Writer& out, const ChatStyle& style, const std::vector<ChatMessage>& messages,
           const std::vector<std::string>& tools) {
  const std::size_t query = last_query(messages);
  for (std::size_t i = chatml_system(out, style, messages, tools); i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (message.role == "tool") {
      chatml_results(out, messages, i);
    } else if (message.role == "assistant") {
      chatml_turn(out, message.role, qwen3_answer(message, i > query, i + 1 == messages.size()));
    } else {
      chatml_turn(out, message.role, message.content);
    }
  }
}

void llama3_header(Writer& out, std::string_view role) {
  out.markup("<|start_header_id|>");
  out.plain(role);
  out.markup("<|end_header_id|>");
  out.plain("\n\n");
}

void llama3_turn(Writer& out, std::string_view role, std::string_view content) {
  llama3_header(out, role);
  out.plain(content);
  out.markup("<|eot_id|>");
}

void llama3(Writer& out, const std::vector<ChatMessage>& messages, std::size_t begin) {
  for (std::size_t i = begin; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (message.role == "tool") {
      llama3_turn(out, "ipython", plain_result(message.content));
    } else if (!message.tool_calls.empty()) {
      llama3_turn(out, "assistant", plain_call(message.tool_calls.front()));
    } else {
      llama3_turn(out, message.role, trim(message.content));
    }
  }
}

void llama31(Writer& out, const std::vector<ChatMessage>& messages,
             const std::vector<std::string>& tools) {
  std::size_t begin = begins_with_system(messages) ? 1 : 0;
  llama3_header(out, "system");
  if (!tools.empty()) out.plain("Environment: ipython\n");
  // The template's own default date: the prompt of a conversation must not change overnight.
  out.plain("Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n");
  if (begin == 1) out.plain(trim(messages.front().content));
  out.markup("<|eot_id|>");
  if (!tools.empty() && begin < messages.size()) {
    const std::string text = introduce_plain(tools);
    llama3_turn(out, "user", text + std::string(trim(messages[begin++].content)));
  }
  llama3(out, messages, begin);
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
                                   const std::vector<std::string>& tools,
                                   bool add_generation_prompt) {
  Writer out;
  out.markup(style.bos);
  switch (style.family) {
    case ChatFamily::kChatMl:
      chatml(out, style, messages, tools);
      break;
    case ChatFamily::kQwen3:
      qwen3(out, style, messages, tools);
      break;
    case ChatFamily::kLlama3:
      llama3(out, messages, 0);
      break;
    case ChatFamily::kLlama31:
      llama31(out, messages, tools);
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
