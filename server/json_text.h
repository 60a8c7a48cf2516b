// Text as JSON writes it, for the few objects that the transport makes itself. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::server {

// In quotes; what is not UTF-8 becomes "?".
std::string json_quoted(std::string_view text);

}  // namespace cromwell::server
