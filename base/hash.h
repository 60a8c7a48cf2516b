// SHA-256 (libcrypto's EVP): the name by which a file's content is known. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::base {

inline constexpr std::size_t kSha256HexLength = 64;

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace cromwell::base
