// A vocabulary for models with random weights, of any size: byte-level BPE whose tokens are the 256
// bytes, then letter groups of two to four, each made by a merge, so that a text takes about as
// many tokens as with a trained one; at the end Cromwell's special tokens and ChatML's.
#pragma once

#include "base/result.h"
#include "model/gguf_writer.h"

namespace cromwell::cli {

inline constexpr int kMinRandomVocabulary = 512;

// Adds the tokenizer's keys. kInvalidRequest for a size below kMinRandomVocabulary or above what
// groups of four letters yield.
base::Result<> add_random_vocabulary(int tokens, model::GgufWriter& writer);

}  // namespace cromwell::cli
