// The bearer token, as its file holds it. Read once at start; never logged.
#pragma once

#include <string>

#include "base/result.h"

namespace cromwell::server {

// One line of at least 16 printable characters; white space around it is not part of it.
base::Result<std::string> read_token_file(const std::string& path);

}  // namespace cromwell::server
