#include "engine/gguf_vocabulary.h"

namespace cromwell::engine {
namespace {

using model::GgufFile;
using tokenizer::TokenId;
using tokenizer::TokenKind;
using tokenizer::Vocabulary;

// What a file means that names no ids.
struct UsualIds {
  std::optional<TokenId> bos, eos, unk;
};
constexpr UsualIds kSentencePieceIds{.bos = 1, .eos = 2, .unk = 0};  // as llama.cpp reads them

base::Error key_error(const GgufFile& file, const std::string& key, const std::string& what) {
  return {base::ErrorCode::kBadModel, file.path() + ": key " + key + ": " + what, key};
}

base::Result<std::vector<std::string>> read_texts(const GgufFile& file, const std::string& key) {
  CROMWELL_ASSIGN(const auto views, file.texts(key));
  if (views.size() > kMaxVocabularyTokens) {
    return key_error(file, key,
                     "has " + std::to_string(views.size()) + " elements, expected at most " +
                         std::to_string(kMaxVocabularyTokens));
  }
  return std::vector<std::string>(views.begin(), views.end());
}

base::Result<std::vector<TokenKind>> read_kinds(const GgufFile& file, std::size_t tokens) {
  const std::string key = "tokenizer.ggml.token_type";
  if (!file.has(key)) return std::vector<TokenKind>{};
  CROMWELL_ASSIGN(const auto numbers, file.integers(key));
  if (numbers.size() != tokens) {
    return key_error(file, key,
                     "has " + std::to_string(numbers.size()) + " elements, expected one for each " +
                         "of the " + std::to_string(tokens) + " tokens");
  }
  std::vector<TokenKind> kinds;
  kinds.reserve(numbers.size());
  for (const std::int64_t number : numbers) {
    if (number < static_cast<int>(TokenKind::kNormal) ||
        number > static_cast<int>(TokenKind::kByte)) {
      return key_error(file, key,
                       "type " + std::to_string(number) + " of token " +
                           std::to_string(kinds.size()) + ", expected 1 to 6");
    }
    kinds.push_back(static_cast<TokenKind>(number));
  }
  return kinds;
}

// A token's id: the file's, or `absent` where that is a token.
base::Result<std::optional<TokenId>> read_id(const GgufFile& file, const std::string& name,
                                             std::size_t tokens,
                                             std::optional<TokenId> absent = {}) {
  const std::string key = "tokenizer.ggml." + name + "_token_id";
  if (!file.has(key)) {
    const bool is_token = absent && static_cast<std::size_t>(*absent) < tokens;
    return is_token ? absent : std::optional<TokenId>{};
  }
  CROMWELL_ASSIGN(const std::uint64_t id, file.integer(key));
  if (id >= tokens) {
    return key_error(file, key,
                     "is " + std::to_string(id) + ", expected less than the " +
                         std::to_string(tokens) + " tokens");
  }
  return std::optional<TokenId>(static_cast<TokenId>(id));
}

// What only "llama" vocabularies have, and what their files leave out as usual.
base::Result<> read_sentence_piece(const GgufFile& file, Vocabulary& vocabulary) {
  const std::string key = "tokenizer.ggml.scores";
  CROMWELL_ASSIGN(const auto scores, file.reals(key));
  if (scores.size() != vocabulary.tokens.size()) {
    return key_error(file, key,
                     "has " + std::to_string(scores.size()) + " elements, expected one for each " +
                         "of the " + std::to_string(vocabulary.tokens.size()) + " tokens");
  }
  for (const double score : scores) vocabulary.scores.push_back(static_cast<float>(score));
  CROMWELL_ASSIGN(vocabulary.add_dummy_prefix,
                  file.boolean("tokenizer.ggml.add_space_prefix", true));
  vocabulary.add_bos = true;
  const std::string extra_key = "tokenizer.ggml.remove_extra_whitespaces";
  CROMWELL_ASSIGN(const bool removes_spaces, file.boolean(extra_key, false));
  if (removes_spaces) return key_error(file, extra_key, "is true, which is not supported");
  if (file.has("tokenizer.ggml.precompiled_charsmap")) {
    return key_error(file, "tokenizer.ggml.precompiled_charsmap",
                     "is not supported: expected a vocabulary that does not normalise text");
  }
  return {};
}

}  // namespace

base::Result<Vocabulary> read_vocabulary(const GgufFile& file) {
  Vocabulary vocabulary;
  CROMWELL_ASSIGN(vocabulary.model, file.text("tokenizer.ggml.model"));
  CROMWELL_ASSIGN(vocabulary.pre_tokenizer, file.text("tokenizer.ggml.pre", ""));
  CROMWELL_ASSIGN(vocabulary.tokens, read_texts(file, "tokenizer.ggml.tokens"));
  const std::size_t tokens = vocabulary.tokens.size();
  CROMWELL_ASSIGN(vocabulary.kinds, read_kinds(file, tokens));
  if (file.has("tokenizer.ggml.merges")) {
    CROMWELL_ASSIGN(vocabulary.merges, read_texts(file, "tokenizer.ggml.merges"));
  }
  if (vocabulary.model == "llama") CROMWELL_TRY(read_sentence_piece(file, vocabulary));
  const UsualIds usual = vocabulary.model == "llama" ? kSentencePieceIds : UsualIds{};
  CROMWELL_ASSIGN(vocabulary.bos, read_id(file, "bos", tokens, usual.bos));
  CROMWELL_ASSIGN(vocabulary.eos, read_id(file, "eos", tokens, usual.eos));
  CROMWELL_ASSIGN(vocabulary.eot, read_id(file, "eot", tokens));
  CROMWELL_ASSIGN(vocabulary.unk, read_id(file, "unknown", tokens, usual.unk));
  CROMWELL_ASSIGN(vocabulary.pad, read_id(file, "padding", tokens));
  CROMWELL_ASSIGN(vocabulary.add_bos,
                  file.boolean("tokenizer.ggml.add_bos_token", vocabulary.add_bos));
  CROMWELL_ASSIGN(vocabulary.add_eos, file.boolean("tokenizer.ggml.add_eos_token", false));
  CROMWELL_ASSIGN(vocabulary.chat_template, file.text("tokenizer.chat_template", ""));
  return vocabulary;
}

}  // namespace cromwell::engine
