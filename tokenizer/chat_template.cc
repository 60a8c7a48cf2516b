#include "tokenizer/chat_template.h"

#include <optional>
#include <utility>

#include "tokenizer/chat_template_tools.h"

namespace cromwell::tokenizer {
namespace {

struct Name {
  std::string_view name;
  ChatFamily family;
  const ToolForm* tools = nullptr;
};
constexpr Name kNames[] = {
    {"chatml", ChatFamily::kChatMl},
    {"chatml-tools", ChatFamily::kChatMl, &kTaggedTools},
    {"qwen3", ChatFamily::kQwen3, &kTaggedTools},
    {"llama3", ChatFamily::kLlama3},
    {"llama3.1", ChatFamily::kLlama31, &kPlainTools},
    {"deepseek-coder", ChatFamily::kDeepseekCoder},
    {"zephyr", ChatFamily::kZephyr},
};

const Name* named(std::string_view name) {
  for (const Name& known : kNames) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <class... Parts>
bool contains_any(std::string_view text, Parts... parts) {
  return (contains(text, parts) || ...);
}

// What a Jinja string literal stands for, as far as prompts use its escapes.
std::string unescape(std::string_view literal) {
  std::string text;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] != '\\' || i + 1 == literal.size()) {
      text += literal[i];
      continue;
    }
    const char escaped = literal[++i];
    if (escaped == 'n') {
      text += '\n';
    } else if (escaped == 't') {
      text += '\t';
    } else if (escaped == '\\' || escaped == '\'' || escaped == '"') {
      text += escaped;
    } else {
      text.append({'\\', escaped});
    }
  }
  return text;
}

// The system text that a ChatML template spells out for conversations without one: what stands
// between `<|im_start|>system\n` and `<|im_end|>` inside one string literal. A newline may be
// written as itself or as the escape \n.
std::string chatml_default_system(std::string_view text) {
  constexpr std::string_view kOpening = "<|im_start|>system";
  for (std::size_t at = text.find(kOpening); at != std::string_view::npos;
       at = text.find(kOpening, at + 1)) {
    std::string_view rest = text.substr(at + kOpening.size());
    if (rest.starts_with("\n")) {
      rest.remove_prefix(1);
    } else if (rest.starts_with("\\n")) {
      rest.remove_prefix(2);
    } else {
      continue;
    }
    const std::string_view literal = rest.substr(0, rest.find("<|im_end|>"));
    // A quote at once ends the literal: what follows is an expression, not a text.
    if (literal.size() == rest.size() || literal.empty()) continue;
    if (literal.front() == '\'' || literal.front() == '"') continue;
    return unescape(literal);
  }
  return {};
}

// deepseek-coder's default system text: the string literal that begins "You are an AI programming
// assistant".
std::string deepseek_default_system(std::string_view text) {
  constexpr std::string_view kBegin = "You are an AI programming assistant";
  const std::size_t at = text.find(kBegin);
  if (at == std::string_view::npos || at == 0) return {};
  const char quote = text[at - 1];
  if (quote != '\'' && quote != '"') return {};
  std::size_t end = at;
  while (end < text.size() && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
  return end < text.size() ? unescape(text.substr(at, end - at)) : std::string();
}

// ChatML with anything besides turns and a default system message (thoughts, other separators,
// trimmed contents) is not ChatML: refusing it beats a prompt that the model never saw.
std::optional<ChatFamily> chatml_family(std::string_view text) {
  if (contains_any(text, "<|im_sep|>", "<|im_middle|>", "trim", "strip(", "eos_token")) {
    // Qwen3's template strips thoughts off earlier answers; we do the same.
    const bool is_qwen3 = contains(text, "last_query_index") &&
                          contains(text, "if loop.index0 > ns.last_query_index") &&
                          !contains_any(text, "|trim", "| trim", "<|im_sep|>", "preserve_thinking",
                                        "assistant\\n<think>", "bos_token");
    if (is_qwen3) return ChatFamily::kQwen3;
    return std::nullopt;
  }
  if (contains_any(text, "<think>", "</think>")) return std::nullopt;
  return ChatFamily::kChatMl;
}

std::optional<ChatFamily> family_of(std::string_view text) {
  if (contains(text, "<|im_start|>") && contains(text, "<|im_end|>")) return chatml_family(text);
  if (contains(text, "<|start_header_id|>") && contains(text, "<|eot_id|>")) {
    if (!contains(text, "trim") || contains(text, "recipient")) return std::nullopt;
    if (!contains(text, "Cutting Knowledge Date")) return ChatFamily::kLlama3;
    const bool is_metas = contains(text, "Today Date: ") && contains(text, "26 Jul 2024");
    return is_metas ? std::optional(ChatFamily::kLlama31) : std::nullopt;
  }
  if (contains(text, "### Instruction:") && contains(text, "<|EOT|>")) {
    return ChatFamily::kDeepseekCoder;
  }
  if (contains(text, "<|user|>") && contains(text, "<|assistant|>") &&
      contains(text, "eos_token") &&
      !contains_any(text, "<|end|>", "bos_token", "<think>", "tools")) {
    return ChatFamily::kZephyr;
  }
  return std::nullopt;
}

// A form of tools that this family of templates has.
const ToolForm* tools_of(ChatFamily family, std::string_view text) {
  const ToolForm* form = tool_form_of(text);
  for (const Name& known : kNames) {
    if (form != nullptr && known.family == family && known.tools == form) return form;
  }
  return nullptr;
}

std::string spelling_of(const Tokenizer& tokenizer, std::optional<TokenId> id) {
  return id ? tokenizer.vocabulary().tokens[static_cast<std::size_t>(*id)] : std::string();
}

base::Error unknown_template() {
  std::string message =
      "tokenizer.chat_template: not one of the known templates; name the right "
      "one with --chat-template (";
  for (const Name& known : kNames) message.append(known.name).append(", ");
  message.replace(message.size() - 2, 2, ")");
  return {base::ErrorCode::kBadModel, std::move(message), "tokenizer.chat_template"};
}

}  // namespace

base::Result<ChatTemplate> ChatTemplate::recognise(std::string_view text,
                                                   const Tokenizer& tokenizer) {
  if (text.empty() && tokenizer.find("<|im_start|>")) text = "chatml";
  const Name* name = named(text);
  const std::optional<ChatFamily> family = name != nullptr ? name->family : family_of(text);
  if (!family) return unknown_template();

  ChatTemplate result;
  ChatStyle& style = result.style_;
  style.family = *family;
  style.tools = name != nullptr ? name->tools : tools_of(*family, text);
  style.eos = spelling_of(tokenizer, tokenizer.vocabulary().eos);
  const bool is_name = name != nullptr;
  const bool is_llama = *family == ChatFamily::kLlama3 || *family == ChatFamily::kLlama31;
  const bool writes_bos =
      is_name ? is_llama || *family == ChatFamily::kDeepseekCoder : contains(text, "bos_token");
  if (writes_bos) style.bos = spelling_of(tokenizer, tokenizer.vocabulary().bos);
  if (*family == ChatFamily::kChatMl) style.default_system = chatml_default_system(text);
  if (*family == ChatFamily::kDeepseekCoder) style.default_system = deepseek_default_system(text);
  style.always_opens_answer = is_llama && !is_name && !contains(text, "add_generation_prompt");
  return result;
}

std::string_view ChatTemplate::name() const {
  std::string_view without_tools;
  for (const Name& known : kNames) {
    if (known.family != style_.family) continue;
    if (known.tools == style_.tools) return known.name;
    if (without_tools.empty()) without_tools = known.name;
  }
  return without_tools;
}

std::string ChatTemplate::render_text(const std::vector<ChatMessage>& messages,
                                      bool add_generation_prompt,
                                      const std::vector<std::string>& tools) const {
  std::string text;
  for (const ChatPiece& piece : render_chat(style_, messages, tools, add_generation_prompt)) {
    text += piece.text;
  }
  return text;
}

base::Result<std::vector<TokenId>> ChatTemplate::render_ids(
    const std::vector<ChatMessage>& messages, bool add_generation_prompt,
    const Tokenizer& tokenizer, const std::vector<std::string>& tools) const {
  std::vector<TokenId> ids;
  for (const ChatPiece& piece : render_chat(style_, messages, tools, add_generation_prompt)) {
    const bool continues = !ids.empty() && !tokenizer.is_special(ids.back());
    const Encoding part =
        tokenizer.encode(piece.text, {.parse_special = piece.is_markup, .continues = continues});
    if (!part.unencodable.empty()) {
      return base::Error{base::ErrorCode::kUnencodableText,
                         "messages: the model's vocabulary has no token for byte " +
                             std::to_string(part.unencodable.front()) + " of \"" +
                             piece.text.substr(0, 40) + "\"",
                         "messages"};
    }
    ids.insert(ids.end(), part.ids.begin(), part.ids.end());
  }
  return ids;
}

}  // namespace cromwell::tokenizer
