// A text as OpenAI's clients write it, {"type": "text"} parts included, and the predicted outputs
// that are made of it. Not here: which fields hold them. Any thread.
#pragma once

#include <string>

#include "api/json_reader.h"
#include "api/json_writer.h"
#include "base/result.h"

namespace cromwell::api {

// A text, or a list of text parts, which are put one after the other.
base::Result<std::string> read_content(const JsonIn& value, const std::string& path);
JsonOut content_schema(std::string_view description);

// {"type": "content", "content": ...}: what the answer is expected to be.
base::Result<std::string> read_prediction(const JsonIn& value, const std::string& path);
JsonOut prediction_schema(std::string_view description);

}  // namespace cromwell::api
