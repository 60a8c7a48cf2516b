// Base64 (RFC 4648) to bytes, as the daemon sends patches that are not UTF-8. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::cli {

// The bytes up to the first character that is no base64 digit.
std::string from_base64(std::string_view text);

}  // namespace cromwell::cli
