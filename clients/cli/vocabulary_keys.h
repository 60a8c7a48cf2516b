// Writes a vocabulary into a GGUF's metadata, by the keys that engine/gguf_vocabulary reads.
#pragma once

#include "base/result.h"
#include "model/gguf_writer.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::cli {

// kInvalidRequest for one that a GGUF cannot hold: a pre-tokenizer without a name, a normalizer or
// a prefix space, which a GGUF's tokenizer does not have.
base::Result<> add_vocabulary(const tokenizer::Vocabulary& vocabulary, model::GgufWriter& writer);

}  // namespace cromwell::cli
