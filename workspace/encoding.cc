#include "workspace/encoding.h"

#include <array>
#include <cstdint>

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// A valid UTF-8 file may hold a few raw control characters (key maps, test data); one in 32 bytes
// is past what any text has.
constexpr std::size_t kBytesPerOddControl = 32;

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// C0 without \a \b \t \n \v \f \r, SUB (DOS end of file) and ESC (terminal colours).
bool is_odd_control(unsigned char byte) {
  return byte < 0x20 && !(byte >= 0x07 && byte <= 0x0D) && byte != 0x1A && byte != 0x1B;
}

Error unsupported(std::string message) { return {ErrorCode::kUnsupportedFile, std::move(message)}; }

void append_utf8(std::string& out, char32_t c) {
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

// Length of the well-formed sequence at the front of `s`, 0 if there is none. The second byte's
// range rules out overlong forms, surrogates and what lies past U+10FFFF (Unicode, table 3-7).
std::size_t utf8_sequence(std::string_view s) {
  const auto byte = [&s](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (s.size() < size) return 0;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_continuation(byte(i))) return 0;
  }
  return size;
}

// The code point of the well-formed sequence of `size` bytes at the front of `s`.
char32_t decode_sequence(std::string_view s, std::size_t size) {
  constexpr std::array<unsigned, 5> kLeadMask = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t c = static_cast<unsigned char>(s[0]) & kLeadMask[size];
  for (std::size_t i = 1; i < size; ++i) {
    c = (c << 6) | (static_cast<unsigned char>(s[i]) & 0x3FU);
  }
  return c;
}

Result<std::string> utf16_to_utf8(std::string_view content, bool big_endian) {
  if (content.size() % 2 != 0) return unsupported("UTF-16 text with an odd number of bytes");
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(content[i]);
    const auto b = static_cast<unsigned char>(content[i + 1]);
    return static_cast<char32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  std::string out;
  out.reserve(content.size());
  for (std::size_t i = 0; i < content.size(); i += 2) {
    char32_t c = unit(i);
    if (c == 0) return unsupported("binary content: a NUL at byte " + std::to_string(i));
    if (c >= 0xD800 && c < 0xE000) {
      const char32_t low = i + 2 < content.size() ? unit(i + 2) : 0;
      if (c >= 0xDC00 || low < 0xDC00 || low >= 0xE000) {
        return unsupported("UTF-16 text with a lone surrogate at byte " + std::to_string(i));
      }
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(out, c);
  }
  return out;
}

void append_utf16(std::string& out, char32_t unit, bool big_endian) {
  const auto high = static_cast<char>(unit >> 8);
  const auto low = static_cast<char>(unit & 0xFF);
  out.push_back(big_endian ? high : low);
  out.push_back(big_endian ? low : high);
}

}  // namespace

const char* encoding_name(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kUtf8Bom:
      return "UTF-8 with a byte-order mark";
    case TextEncoding::kUtf16Le:
      return "UTF-16LE";
    case TextEncoding::kUtf16Be:
      return "UTF-16BE";
    case TextEncoding::kLatin1:
      return "Latin-1";
  }
  return "";
}

std::string_view byte_order_mark(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8Bom:
      return "\xEF\xBB\xBF";
    case TextEncoding::kUtf16Le:
      return "\xFF\xFE";
    case TextEncoding::kUtf16Be:
      return "\xFE\xFF";
    default:
      return "";
  }
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = utf8_sequence(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

base::Result<TextEncoding> detect_encoding(std::string_view bytes) {
  using enum TextEncoding;
  if (bytes.starts_with(std::string_view("\xFF\xFE\0\0", 4))) {
    return unsupported("UTF-32 text; expected UTF-8, UTF-16 with a byte-order mark or Latin-1");
  }
  for (const TextEncoding utf16 : {kUtf16Le, kUtf16Be}) {
    if (bytes.starts_with(byte_order_mark(utf16))) return utf16;
  }
  std::size_t odd_controls = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\0') {
      return unsupported("binary content: a NUL at byte " + std::to_string(i));
    }
    odd_controls += is_odd_control(static_cast<unsigned char>(bytes[i])) ? 1 : 0;
  }
  const bool utf8 = is_utf8(bytes);
  if (odd_controls > (utf8 ? bytes.size() / kBytesPerOddControl : 0)) {
    return unsupported("binary content: " + std::to_string(odd_controls) + " control bytes in " +
                       std::to_string(bytes.size()));
  }
  if (!utf8) return kLatin1;
  return bytes.starts_with(byte_order_mark(kUtf8Bom)) ? kUtf8Bom : kUtf8;
}

base::Result<std::string> to_utf8(TextEncoding encoding, std::string_view content) {
  switch (encoding) {
    case TextEncoding::kUtf16Le:
      return utf16_to_utf8(content, false);
    case TextEncoding::kUtf16Be:
      return utf16_to_utf8(content, true);
    case TextEncoding::kLatin1: {
      std::string out;
      out.reserve(content.size() + content.size() / 8);
      for (const char c : content) append_utf8(out, static_cast<unsigned char>(c));
      return out;
    }
    default:
      return std::string(content);
  }
}

base::Result<std::string> from_utf8(TextEncoding encoding, std::string_view utf8) {
  if (encoding == TextEncoding::kUtf8 || encoding == TextEncoding::kUtf8Bom) {
    return std::string(utf8);
  }
  const bool big_endian = encoding == TextEncoding::kUtf16Be;
  std::string out;
  out.reserve(encoded_size(encoding, utf8));
  while (!utf8.empty()) {
    const std::size_t size = utf8_sequence(utf8);
    if (size == 0)
      return Error{ErrorCode::kInternal, "from_utf8 was given bytes that are not UTF-8"};
    const char32_t c = decode_sequence(utf8, size);
    if (encoding == TextEncoding::kLatin1) {
      if (c > 0xFF) {
        return unsupported("the file is Latin-1, which has no character '" +
                           std::string(utf8.substr(0, size)) + "'");
      }
      out.push_back(static_cast<char>(c));
    } else if (c < 0x10000) {
      append_utf16(out, c, big_endian);
    } else {
      append_utf16(out, 0xD800 + ((c - 0x10000) >> 10), big_endian);
      append_utf16(out, 0xDC00 + ((c - 0x10000) & 0x3FF), big_endian);
    }
    utf8.remove_prefix(size);
  }
  return out;
}

std::size_t encoded_size(TextEncoding encoding, std::string_view utf8) {
  if (encoding == TextEncoding::kUtf8 || encoding == TextEncoding::kUtf8Bom) return utf8.size();
  std::size_t characters = 0;
  std::size_t pairs = 0;  // characters that take two UTF-16 units
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    characters += is_continuation(byte) ? 0 : 1;
    pairs += byte >= 0xF0 ? 1 : 0;
  }
  return encoding == TextEncoding::kLatin1 ? characters : 2 * (characters + pairs);
}

}  // namespace cromwell::workspace
