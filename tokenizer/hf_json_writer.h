// Writes a byte-level vocabulary as a Hugging Face tokenizer.json, which `tokenizers` and
// read_hf_json() read back with the same ids. Pure function.
#pragma once

#include <string>

#include "base/result.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

// kInvalidRequest for what the format or this writer cannot say: SentencePiece, and a pre-tokenizer
// other than gpt-2, smollm, llama-bpe and qwen2.
base::Result<std::string> write_hf_json(const Vocabulary& vocabulary);

}  // namespace cromwell::tokenizer
