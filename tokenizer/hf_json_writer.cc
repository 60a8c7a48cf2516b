#include "tokenizer/hf_json_writer.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "tokenizer/hf_patterns.h"

namespace cromwell::tokenizer {
namespace {

using Json = nlohmann::ordered_json;

Json split(std::string_view pattern) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", std::string(pattern)}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}

Json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

Json sequence(Json first, Json last) {
  return {{"type", "Sequence"},
          {"pretokenizers", Json::array({std::move(first), std::move(last)})}};
}

std::optional<Json> pre_tokenizer(const std::string& name) {
  if (name == "gpt-2") return byte_level(true);
  if (name == "smollm") {
    return sequence({{"type", "Digits"}, {"individual_digits", true}}, byte_level(true));
  }
  if (name == "llama-bpe") return sequence(split(kLlama3Pattern), byte_level(false));
  if (name == "qwen2") return sequence(split(kQwen2Pattern), byte_level(false));
  return std::nullopt;
}

// Tokens that are taken out of a text before the words are cut.
Json added_token(std::size_t id, const std::string& text, TokenKind kind) {
  return {{"id", id},
          {"content", text},
          {"single_word", false},
          {"lstrip", false},
          {"rstrip", false},
          {"normalized", false},
          {"special", kind == TokenKind::kControl || kind == TokenKind::kUnknown}};
}

}  // namespace

base::Result<std::string> write_hf_json(const Vocabulary& vocabulary) {
  const auto refuse = [](std::string what) {
    return base::Error{base::ErrorCode::kInvalidRequest, "tokenizer.json: " + std::move(what)};
  };
  if (vocabulary.model != "gpt2") return refuse("only byte-level BPE can be written");
  const std::optional<Json> words = pre_tokenizer(vocabulary.pre_tokenizer);
  if (!words) {
    return refuse("pre-tokenizer \"" + vocabulary.pre_tokenizer +
                  "\" cannot be written, expected gpt-2, smollm, llama-bpe or qwen2");
  }
  Json added = Json::array(), merges = Json::array();
  Json::object_t vocab;  // filled as the vector that it is: its own insert() searches all of it
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    const TokenKind kind = vocabulary.kinds.empty() ? TokenKind::kNormal : vocabulary.kinds[id];
    const std::string& text = vocabulary.tokens[id];
    if (text.empty() || kind == TokenKind::kUnused) continue;
    vocab.emplace_back(text, id);
    if (kind != TokenKind::kNormal) added.push_back(added_token(id, text, kind));
  }
  for (const std::string& merge : vocabulary.merges) {
    const std::size_t space = merge.find(' ');
    merges.push_back({merge.substr(0, space), merge.substr(space + 1)});
  }
  const Json document = {{"version", "1.0"},
                         {"truncation", nullptr},
                         {"padding", nullptr},
                         {"added_tokens", std::move(added)},
                         {"normalizer", vocabulary.normalize_nfc ? Json{{"type", "NFC"}} : Json()},
                         {"pre_tokenizer", *words},
                         {"post_processor", nullptr},
                         {"decoder", byte_level(true)},
                         {"model",
                          {{"type", "BPE"},
                           {"dropout", nullptr},
                           {"unk_token", nullptr},
                           {"continuing_subword_prefix", nullptr},
                           {"end_of_word_suffix", nullptr},
                           {"fuse_unk", false},
                           {"byte_fallback", false},
                           {"ignore_merges", vocabulary.ignore_merges.value_or(
                                                 vocabulary.pre_tokenizer == "llama-bpe")},
                           {"vocab", std::move(vocab)},
                           {"merges", std::move(merges)}}}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cromwell::tokenizer
