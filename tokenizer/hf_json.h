// Reads a Hugging Face tokenizer.json (byte-level BPE) into a Vocabulary. What would change token
// ids and is not supported is refused by name, never ignored. No state; any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

base::Result<Vocabulary> read_hf_json(std::string_view json);

}  // namespace cromwell::tokenizer
