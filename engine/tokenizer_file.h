// Reads a tokenizer.json that takes the place of a GGUF's own vocabulary. What such a file does not
// say (which tokens begin, end and pad a text, the chat template) is the GGUF's. No state; any
// thread.
#pragma once

#include <string>

#include "base/result.h"
#include "model/gguf.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

// At most as many tokens as the model has rows of token_embd.weight: those it lacks are unused, as
// in files whose embedding was made longer than the vocabulary. kNotFound or kIo for a file that
// cannot be read, kBadModel for one that is no such file or has more.
base::Result<tokenizer::Vocabulary> read_tokenizer_file(const std::string& path,
                                                        const model::GgufFile& model);

}  // namespace cromwell::engine
