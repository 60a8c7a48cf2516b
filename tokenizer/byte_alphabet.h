// The alphabet in which byte-level vocabularies spell bytes (GPT-2's): printable Latin-1 stands for
// itself, the other 68 bytes for U+0100.. in order, so that a space is written "Ġ". Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cromwell::tokenizer {

// The bytes that `spelling` stands for; nothing if a character of it is not of the alphabet.
std::optional<std::string> bytes_of_spelling(std::string_view spelling);

std::string spelling_of_bytes(std::string_view bytes);

}  // namespace cromwell::tokenizer
