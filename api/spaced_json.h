// JSON text as Python's json.dumps writes it without ensure_ascii, which is how chat templates put
// tools and calls into their prompts. Any thread.
#pragma once

#include <string>

#include "api/json_reader.h"

namespace cromwell::api {

// indent 0: one line, with a space behind each comma and colon. Recurses as deep as the value
// nests, which its reader has bounded.
std::string spaced_text(const JsonIn& value, int indent = 0);

}  // namespace cromwell::api
