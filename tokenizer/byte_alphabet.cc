#include "tokenizer/byte_alphabet.h"

#include <array>
#include <cstdint>

#include "base/utf8.h"

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kAlphabetEnd = 0x100 + 68;

constexpr bool stands_for_itself(std::size_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char16_t, 256> character{};          // of each byte
  std::array<std::int16_t, kAlphabetEnd> byte{};  // of each character, -1 for none
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte.fill(-1);
  std::size_t next = 0x100;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const std::size_t character = stands_for_itself(byte) ? byte : next++;
    alphabet.character[byte] = static_cast<char16_t>(character);
    alphabet.byte[character] = static_cast<std::int16_t>(byte);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

std::optional<std::string> bytes_of_spelling(std::string_view spelling) {
  std::string bytes;
  bytes.reserve(spelling.size());
  while (!spelling.empty()) {
    const base::Utf8Char c = base::decode_utf8(spelling);
    if (!c.valid || c.code_point >= kAlphabetEnd) return std::nullopt;
    const std::int16_t byte = kAlphabet.byte[c.code_point];
    if (byte < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
    spelling.remove_prefix(static_cast<std::size_t>(c.length));
  }
  return bytes;
}

std::string spelling_of_bytes(std::string_view bytes) {
  std::string spelling;
  for (const char byte : bytes) {
    base::append_utf8(kAlphabet.character[static_cast<std::uint8_t>(byte)], spelling);
  }
  return spelling;
}

}  // namespace cromwell::tokenizer
