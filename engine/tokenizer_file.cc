#include "engine/tokenizer_file.h"

#include <algorithm>
#include <cerrno>

#include "base/file_io.h"
#include "engine/gguf_vocabulary.h"
#include "tokenizer/hf_json.h"

namespace cromwell::engine {
namespace {

using tokenizer::TokenId;
using tokenizer::TokenKind;
using tokenizer::Vocabulary;

constexpr std::size_t kMaxTokenizerBytes = std::size_t{256} << 20;

base::Result<std::string> read_file(const std::string& path) {
  const auto files = base::posix_file_system();
  const base::FileDescriptor file(
      base::without_eintr([&] { return files->open_at(AT_FDCWD, path, O_RDONLY, 0); }));
  if (!file) return base::errno_error(path, errno);
  return base::read_all(*files, file.get(), kMaxTokenizerBytes, path);
}

std::optional<TokenId> id_of(const Vocabulary& vocabulary, std::string_view spelling) {
  const auto& tokens = vocabulary.tokens;
  const auto found = std::find(tokens.begin(), tokens.end(), spelling);
  if (found == tokens.end()) return {};
  return static_cast<TokenId>(found - tokens.begin());
}

// An id means the same row of the embedding, whichever file spells its token.
void take_ids(const Vocabulary& own, Vocabulary& vocabulary) {
  const auto take = [&](std::optional<TokenId> Vocabulary::* id) {
    const auto given = own.*id;
    const bool fits = given && static_cast<std::size_t>(*given) < vocabulary.tokens.size();
    if (fits) vocabulary.*id = given;
  };
  for (const auto id : {&Vocabulary::bos, &Vocabulary::eos, &Vocabulary::eot, &Vocabulary::pad}) {
    take(id);
  }
}

}  // namespace

base::Result<Vocabulary> read_tokenizer_file(const std::string& path,
                                             const model::GgufFile& model) {
  CROMWELL_ASSIGN(const std::string text, read_file(path));
  auto read = tokenizer::read_hf_json(text);
  if (!read) {
    base::Error error = std::move(read).error();
    error.message = path + ": " + error.message;
    return error;
  }
  Vocabulary vocabulary = std::move(*read);
  if (model.has("tokenizer.ggml.tokens")) {
    CROMWELL_ASSIGN(const Vocabulary own, read_vocabulary(model));
    take_ids(own, vocabulary);
  } else {
    if (!vocabulary.bos) vocabulary.bos = id_of(vocabulary, "<BOS>");
    if (!vocabulary.eos) vocabulary.eos = id_of(vocabulary, "<EOS>");
    if (!vocabulary.pad) vocabulary.pad = id_of(vocabulary, "<PAD>");
  }
  CROMWELL_ASSIGN(vocabulary.chat_template, model.text("tokenizer.chat_template", ""));

  const model::GgufTensor* embedding = model.find_tensor("token_embd.weight");
  const std::size_t rows = embedding == nullptr ? 0 : embedding->rows();
  if (vocabulary.tokens.size() > rows) {
    return base::Error{.code = base::ErrorCode::kBadModel,
                       .message = path + ": has " + std::to_string(vocabulary.tokens.size()) +
                                  " tokens, expected at most the " + std::to_string(rows) +
                                  " rows of token_embd.weight of " + model.path()};
  }
  vocabulary.kinds.resize(vocabulary.tokens.size(), TokenKind::kNormal);
  vocabulary.tokens.resize(rows);
  vocabulary.kinds.resize(rows, TokenKind::kUnused);
  return vocabulary;
}

}  // namespace cromwell::engine
