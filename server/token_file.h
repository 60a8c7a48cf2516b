// The bearer token, as its file holds it. Never logged.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::server {

// One line of 16 to 4096 printable characters; white space around it is not part of it. kForbidden
// where other users may read or write the file.
base::Result<std::string> read_token_file(const std::string& path);

// The same, of what the file at `path` holds.
base::Result<std::string> parse_token(std::string_view text, const std::string& path);
base::Result<> check_token_file_mode(const std::string& path);

}  // namespace cromwell::server
