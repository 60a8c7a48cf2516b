#include "api/logprobs.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "api/schema.h"
#include "base/utf8.h"

namespace cromwell::api {
namespace {

constexpr double kLeastLogprob = -9999;  // JSON has no infinity

// null for the first token of a prompt, which nothing precedes.
JsonOut logprob_json(float logprob) {
  if (std::isnan(logprob)) return nullptr;
  return std::max(static_cast<double>(logprob), kLeastLogprob);
}

std::size_t characters(std::string_view bytes) {
  return static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

}  // namespace

std::string token_text(const tokenizer::Tokenizer& tokenizer, engine::TokenId id) {
  static constexpr char kHex[] = "0123456789abcdef";
  const std::string_view bytes = tokenizer.bytes(id);
  if (base::is_utf8(bytes)) return std::string(bytes);
  std::string text = "bytes:";
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    text.append("\\x").append({kHex[value >> 4], kHex[value & 15]});
  }
  return text;
}

JsonOut LogprobWriter::legacy(std::span<const engine::ScoredToken> tokens, bool is_prompt) {
  JsonOut object;
  for (const char* name : {"tokens", "token_logprobs", "top_logprobs", "text_offset"}) {
    object[name] = JsonOut::array();
  }
  for (const engine::ScoredToken& token : tokens) {
    const std::string text = token_text(*tokenizer_, token.id);
    object["tokens"].push_back(text);
    object["token_logprobs"].push_back(logprob_json(token.logprob));
    object["text_offset"].push_back(offset_);
    JsonOut best = nullptr;
    if (!std::isnan(token.logprob)) {
      best = JsonOut::object();
      for (const engine::TokenLogprob& one : token.top) {
        best[token_text(*tokenizer_, one.id)] = logprob_json(one.logprob);
      }
      best[text] = logprob_json(token.logprob);
    }
    object["top_logprobs"].push_back(std::move(best));
    offset_ += shown_characters(token.id, is_prompt);
  }
  return object;
}

// What the model writes shows no special tokens; a prompt shows what the caller spelled, so no
// dummy prefix, as Tokenizer::decode.
std::size_t LogprobWriter::shown_characters(engine::TokenId id, bool is_prompt) {
  const bool special = tokenizer_->is_special(id);
  std::string_view bytes = tokenizer_->bytes(id);
  if (!is_prompt) return special ? 0 : characters(bytes);
  if (starts_ && !special && bytes.starts_with(' ')) bytes.remove_prefix(1);
  starts_ = special && tokenizer_->vocabulary().add_dummy_prefix;
  return std::exchange(hide_first_, false) ? 0 : characters(bytes);
}

JsonOut LogprobWriter::chat(std::span<const engine::ScoredToken> tokens) const {
  JsonOut object;
  object["content"] = list(tokens, false);
  return object;
}

JsonOut LogprobWriter::with_ids(std::span<const engine::ScoredToken> tokens) const {
  return list(tokens, true);
}

JsonOut LogprobWriter::list(std::span<const engine::ScoredToken> tokens, bool with_ids) const {
  const auto entry = [&](engine::TokenId id, float logprob) {
    JsonOut one;
    if (with_ids) one["id"] = id;
    one["token"] = token_text(*tokenizer_, id);
    one["logprob"] = logprob_json(logprob);
    one["bytes"] = bytes_json(tokenizer_->bytes(id));
    return one;
  };
  JsonOut all = JsonOut::array();
  for (const engine::ScoredToken& token : tokens) {
    JsonOut one = entry(token.id, token.logprob);
    one["top_logprobs"] = JsonOut::array();
    for (const engine::TokenLogprob& best : token.top) {
      one["top_logprobs"].push_back(entry(best.id, best.logprob));
    }
    all.push_back(std::move(one));
  }
  return all;
}

JsonOut legacy_logprobs_schema() {
  JsonOut best = schema::of("object", "text of a token -> logprob; the chosen token is in it");
  best["additionalProperties"] = schema::number();
  return schema::object(
      {{"tokens", schema::list(schema::text(),
                               "text of each; part of a character is spelled bytes:\\xe2\\x80")},
       {"token_logprobs",
        schema::list(schema::nullable(schema::number()), "null for the first token of a prompt")},
       {"top_logprobs", schema::list(schema::nullable(best))},
       {"text_offset",
        schema::list(schema::integer(), "where each begins in text, in characters")}});
}

JsonOut chat_logprobs_schema() {
  const auto entry = [] {
    return schema::object({{"token", schema::text()},
                           {"logprob", schema::number()},
                           {"bytes", schema::list(schema::integer())}});
  };
  JsonOut one = entry();
  one["properties"]["top_logprobs"] = schema::list(entry());
  one["required"].push_back("top_logprobs");
  return schema::object({{"content", schema::list(one)}});
}

}  // namespace cromwell::api
