#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace cromwell::base {
namespace {

// What a lead byte promises: how many bytes follow it, and the range of the first of those, which
// is what keeps out overlong forms, surrogates and values above U+10FFFF.
struct Lead {
  int continuation = -1;  // -1: cannot start a character
  std::uint8_t low = 0x80, high = 0xBF;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {0};
  if (byte < 0xC2) return {-1};
  if (byte < 0xE0) return {1};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte < 0xF0) return {2};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte < 0xF4) return {3};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {-1};
}

}  // namespace

Utf8Char decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const Lead lead = lead_of(byte(0));
  if (lead.continuation == 0) return {byte(0), 1, true};
  if (lead.continuation < 0) return {};
  // 110xxxxx, 1110xxxx, 11110xxx: the payload shrinks by one bit with each continuation byte.
  char32_t value = byte(0) & (0x3Fu >> lead.continuation);
  for (int i = 1; i <= lead.continuation; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (at >= text.size()) return {kReplacementCharacter, i, false, true};
    const std::uint8_t low = i == 1 ? lead.low : std::uint8_t{0x80};
    const std::uint8_t high = i == 1 ? lead.high : std::uint8_t{0xBF};
    if (byte(at) < low || byte(at) > high) return {kReplacementCharacter, i, false};
    value = (value << 6) | (byte(at) & 0x3Fu);
  }
  return {value, lead.continuation + 1, true};
}

void append_utf8(char32_t c, std::string& out) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = kReplacementCharacter;
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t word = 0;  // eight ASCII bytes at a time
    if (text.size() - at >= sizeof(word)) {
      std::memcpy(&word, text.data() + at, sizeof(word));
      if ((word & 0x8080808080808080u) == 0) {
        at += sizeof(word);
        continue;
      }
    }
    const Utf8Char c = decode_utf8(text.substr(at));
    if (!c.valid) return at;
    at += static_cast<std::size_t>(c.length);
  }
  return std::nullopt;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (const auto bad = find_invalid_utf8(text)) {
    out.append(text.substr(0, *bad));
    append_utf8(kReplacementCharacter, out);
    text.remove_prefix(*bad + static_cast<std::size_t>(decode_utf8(text.substr(*bad)).length));
  }
  out.append(text);
  return out;
}

}  // namespace cromwell::base
