// What a command prints for programs: one JSON object on standard output.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace cromwell::cli {

// Bytes that are not UTF-8 become U+FFFD.
void print_json(const nlohmann::ordered_json& object);
// {"message"} and, where the error has one, {"code"}.
nlohmann::ordered_json error_json(const base::Error& error);
// Says why a command failed: {"error": ...} where `json`, else as report(). The exit status.
int report_as(bool json, const base::Error& error);

}  // namespace cromwell::cli
