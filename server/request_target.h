// The request target taken apart: "/v1/edits/a%20b?x=1" is the path "/v1/edits/a b" and the query
// "x=1". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cromwell::server {

struct RequestTarget {
  std::string path;   // percent-decoded
  std::string query;  // raw, without '?'
};

// None if an escape is broken or hides a control character, or the path is not UTF-8.
std::optional<RequestTarget> parse_target(std::string_view target);

}  // namespace cromwell::server
