// Writes answers as JSON text that is valid whatever bytes went in. Not here: the shapes of the
// answers. Any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cromwell::api {

using JsonOut = nlohmann::ordered_json;  // members in the order in which they were added

// One line. Bytes that are not UTF-8 become U+FFFD, numbers that JSON lacks become null.
std::string to_text(const JsonOut& value);

std::string base64(std::string_view bytes);
JsonOut bytes_json(std::string_view bytes);  // a list of numbers

// The shortest decimal that reads back as this float: 0.2, not 0.20000000298.
double shortest(float value);

// Sets `patch`, and `patch_b64` where the patch is not UTF-8: that one is exact.
void put_patch(JsonOut& object, const std::string& patch);

}  // namespace cromwell::api
