#include "tokenizer/fim_tokens.h"

#include <string>

namespace cromwell::tokenizer {
namespace {

struct Spelling {
  std::string_view prefix, suffix, middle;
};
constexpr Spelling kSpellings[] = {
    {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},  // Qwen, CodeGemma
    {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},        // StarCoder, Granite
    {"<fim-prefix>", "<fim-suffix>", "<fim-middle>"},        // SantaCoder
    {"<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"},  // DeepSeek-Coder
    {"▁<PRE>", "▁<SUF>", "▁<MID>"},                          // Code Llama
};

// A file may call Code Llama's tokens normal ones, which are found by their bytes.
std::optional<TokenId> find(const Tokenizer& tokenizer, std::string_view spelling) {
  if (const auto id = tokenizer.find(spelling)) return id;
  constexpr std::string_view kSpace = "▁";
  if (!spelling.starts_with(kSpace)) return std::nullopt;
  std::string bytes(1, ' ');
  return tokenizer.find(bytes.append(spelling.substr(kSpace.size())));
}

base::Result<std::vector<TokenId>> encode(const Tokenizer& tokenizer, std::string_view text,
                                          bool continues, std::string_view where) {
  Encoding encoded = tokenizer.encode(text, {.continues = continues});
  if (encoded.unencodable.empty()) return std::move(encoded.ids);
  return base::Error{.code = base::ErrorCode::kUnencodableText,
                     .message = "the text " + std::string(where) + " the gap holds, at byte " +
                                std::to_string(encoded.unencodable.front()) +
                                ", a character that the model's vocabulary has no token for"};
}

void append(std::vector<TokenId>& ids, const std::vector<TokenId>& more) {
  ids.insert(ids.end(), more.begin(), more.end());
}

}  // namespace

std::optional<FimTokens> find_fim_tokens(const Tokenizer& tokenizer) {
  for (const Spelling& spelling : kSpellings) {
    const auto prefix = find(tokenizer, spelling.prefix);
    const auto suffix = find(tokenizer, spelling.suffix);
    const auto middle = find(tokenizer, spelling.middle);
    if (prefix && suffix && middle) return FimTokens{*prefix, *suffix, *middle};
  }
  return std::nullopt;
}

std::vector<TokenId> fim_sequence(const FimTokens& tokens, const std::vector<TokenId>& before,
                                  const std::vector<TokenId>& after) {
  std::vector<TokenId> ids{tokens.prefix};
  append(ids, before);
  ids.push_back(tokens.suffix);
  append(ids, after);
  ids.push_back(tokens.middle);
  return ids;
}

base::Result<std::vector<TokenId>> fim_prompt(const FimTokens& tokens, const Tokenizer& tokenizer,
                                              std::string_view before, std::string_view after) {
  std::vector<TokenId> ids = tokenizer.encode("", {.add_bos = true}).ids;
  CROMWELL_ASSIGN(const auto before_ids, encode(tokenizer, before, false, "before"));
  CROMWELL_ASSIGN(const auto after_ids, encode(tokenizer, after, true, "after"));
  append(ids, fim_sequence(tokens, before_ids, after_ids));
  return ids;
}

}  // namespace cromwell::tokenizer
