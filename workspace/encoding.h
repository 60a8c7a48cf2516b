// How a file's bytes hold text: recognising the encoding and going to and from UTF-8 without loss.
// Knows nothing of lines. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::workspace {

enum class TextEncoding { kUtf8, kUtf8Bom, kUtf16Le, kUtf16Be, kLatin1 };

const char* encoding_name(TextEncoding encoding);
std::string_view byte_order_mark(TextEncoding encoding);  // empty where there is none

bool is_utf8(std::string_view bytes);  // well-formed: no surrogate, nothing overlong

// kUnsupportedFile where no encoding of ours fits: binary content.
base::Result<TextEncoding> detect_encoding(std::string_view bytes);

// The content (without byte-order mark) as UTF-8. kUnsupportedFile for UTF-16 that is cut or has a
// lone surrogate or a NUL.
base::Result<std::string> to_utf8(TextEncoding encoding, std::string_view content);
// kUnsupportedFile if the encoding cannot hold a character; `utf8` must be valid.
base::Result<std::string> from_utf8(TextEncoding encoding, std::string_view utf8);

// The bytes that `utf8` takes in `encoding`.
std::size_t encoded_size(TextEncoding encoding, std::string_view utf8);

}  // namespace cromwell::workspace
