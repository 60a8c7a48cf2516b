// A text in the quotes that JSON and TOML have in common. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::server {

// Control characters as \u00XX; other bytes as they are.
std::string quoted(std::string_view text);

}  // namespace cromwell::server
