#include "clients/cli/vocabulary_keys.h"

#include <optional>
#include <string>
#include <vector>

namespace cromwell::cli {

base::Result<> add_vocabulary(const tokenizer::Vocabulary& vocabulary, model::GgufWriter& writer) {
  const bool is_named = vocabulary.model != "gpt2" || !vocabulary.pre_tokenizer.empty();
  if (!is_named || vocabulary.normalize_nfc || vocabulary.add_prefix_space) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "a GGUF cannot say this vocabulary's " +
                           std::string(is_named ? "normalizer" : "pre-tokenizer")};
  }
  writer.add_text("tokenizer.ggml.model", vocabulary.model);
  if (!vocabulary.pre_tokenizer.empty()) {
    writer.add_text("tokenizer.ggml.pre", vocabulary.pre_tokenizer);
  }
  writer.add_texts("tokenizer.ggml.tokens", vocabulary.tokens);
  if (!vocabulary.kinds.empty()) {
    std::vector<std::int32_t> kinds;
    for (const tokenizer::TokenKind kind : vocabulary.kinds) {
      kinds.push_back(static_cast<std::int32_t>(kind));
    }
    writer.add_int32s("tokenizer.ggml.token_type", kinds);
  }
  if (!vocabulary.merges.empty()) writer.add_texts("tokenizer.ggml.merges", vocabulary.merges);
  if (!vocabulary.scores.empty()) {
    writer.add_float32s("tokenizer.ggml.scores", vocabulary.scores);
    writer.add_bool("tokenizer.ggml.add_space_prefix", vocabulary.add_dummy_prefix);
  }
  const auto add_id = [&](const char* key, std::optional<tokenizer::TokenId> id) {
    if (id) writer.add_uint32(key, static_cast<std::uint32_t>(*id));
  };
  add_id("tokenizer.ggml.bos_token_id", vocabulary.bos);
  add_id("tokenizer.ggml.eos_token_id", vocabulary.eos);
  add_id("tokenizer.ggml.eot_token_id", vocabulary.eot);
  add_id("tokenizer.ggml.unknown_token_id", vocabulary.unk);
  add_id("tokenizer.ggml.padding_token_id", vocabulary.pad);
  writer.add_bool("tokenizer.ggml.add_bos_token", vocabulary.add_bos);
  if (vocabulary.add_eos) writer.add_bool("tokenizer.ggml.add_eos_token", true);
  if (!vocabulary.chat_template.empty()) {
    writer.add_text("tokenizer.chat_template", vocabulary.chat_template);
  }
  return {};
}

}  // namespace cromwell::cli
