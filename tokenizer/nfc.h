// Unicode's normalization form C, as Hugging Face `tokenizers` has it (see
// tests/golden/tokenizer_nfc_table.py): for a tokenizer.json that asks for it. Pure functions; any
// thread. Bytes that are not UTF-8 are kept as they are.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::tokenizer {

// True if the text is certainly in form C: nothing in it is U+0300 or above.
bool is_nfc_quick(std::string_view text);

std::string normalize_nfc(std::string_view text);

}  // namespace cromwell::tokenizer
