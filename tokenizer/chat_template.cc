#include "tokenizer/chat_template.h"

#include <utility>

namespace cromwell::tokenizer {
namespace {

constexpr std::string_view kImStart = "<|im_start|>";
constexpr std::string_view kImEnd = "<|im_end|>";

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The system text that a ChatML template spells out for conversations without one: what stands
// between `<|im_start|>system\n` and `<|im_end|>` inside one string literal. A newline may be
// written as itself or as the escape \n.
std::string default_system_of(std::string_view text) {
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
    const std::size_t end = rest.find(kImEnd);
    if (end == std::string_view::npos) continue;
    const std::string_view literal = rest.substr(0, end);
    if (literal.empty() || literal.front() == '\'' || literal.front() == '"') continue;
    return std::string(literal);
  }
  return {};
}

}  // namespace

base::Result<ChatTemplate> ChatTemplate::recognise(std::string_view text,
                                                   const Tokenizer& tokenizer) {
  ChatTemplate result;
  const bool has_im_start = tokenizer.find(kImStart).has_value();
  if (text == "chatml" || (text.empty() && has_im_start) ||
      (contains(text, kImStart) && contains(text, kImEnd))) {
    result.name_ = "chatml";
    result.default_system_ = default_system_of(text);
    return result;
  }
  return base::Error{base::ErrorCode::kBadModel,
                     "tokenizer.chat_template: not a known template; name one with "
                     "--chat-template (chatml)",
                     "tokenizer.chat_template"};
}

std::string_view ChatTemplate::name() const { return name_; }

std::vector<ChatTemplate::Piece> ChatTemplate::render(const std::vector<ChatMessage>& messages,
                                                      bool add_generation_prompt) const {
  std::vector<Piece> pieces;
  const auto markup = [&](std::string_view text) { pieces.push_back({std::string(text), true}); };
  const auto plain = [&](std::string text) { pieces.push_back({std::move(text), false}); };
  const auto turn = [&](const std::string& role, const std::string& content) {
    markup(kImStart);
    plain(role + "\n" + content);
    markup(kImEnd);
    plain("\n");
  };
  const bool lacks_system = !messages.empty() && messages.front().role != "system";
  if (lacks_system && !default_system_.empty()) turn("system", default_system_);
  for (const ChatMessage& message : messages) turn(message.role, message.content);
  if (add_generation_prompt) {
    markup(kImStart);
    plain("assistant\n");
  }
  return pieces;
}

std::string ChatTemplate::render_text(const std::vector<ChatMessage>& messages,
                                      bool add_generation_prompt) const {
  std::string text;
  for (const Piece& piece : render(messages, add_generation_prompt)) text += piece.text;
  return text;
}

base::Result<std::vector<TokenId>> ChatTemplate::render_ids(
    const std::vector<ChatMessage>& messages, bool add_generation_prompt,
    const Tokenizer& tokenizer) const {
  std::vector<TokenId> ids;
  std::string text;  // neighbouring plain pieces are one text to the tokenizer
  const auto encode = [&](const std::string& part, bool is_markup) -> base::Result<> {
    const Encoding encoding = tokenizer.encode(part, {.parse_special = is_markup});
    if (!encoding.unencodable.empty()) {
      return base::Error{base::ErrorCode::kUnencodableText,
                         "messages: the vocabulary has no token for a byte of the text",
                         "messages"};
    }
    ids.insert(ids.end(), encoding.ids.begin(), encoding.ids.end());
    return {};
  };
  for (const Piece& piece : render(messages, add_generation_prompt)) {
    if (!piece.is_markup) {
      text += piece.text;
      continue;
    }
    CROMWELL_TRY(encode(text, false));
    text.clear();
    CROMWELL_TRY(encode(piece.text, true));
  }
  CROMWELL_TRY(encode(text, false));
  return ids;
}

}  // namespace cromwell::tokenizer
