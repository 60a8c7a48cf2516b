// Reads the tokenizer that a GGUF's metadata describes, also from a file that holds only a
// vocabulary and no tensors. Tokenizer::create judges what it says; here only types and sizes are
// checked. No state; any thread.
#pragma once

#include "base/result.h"
#include "model/gguf.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

inline constexpr std::size_t kMaxVocabularyTokens = std::size_t{1} << 21;

// kBadModel with the key's name.
base::Result<tokenizer::Vocabulary> read_vocabulary(const model::GgufFile& file);

}  // namespace cromwell::engine
