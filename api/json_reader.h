// Reads a request body as JSON, strictly: UTF-8 only, no lone surrogates, no duplicate names, no
// trailing bytes, bounded depth and number of values. The one place where text from outside meets
// the JSON library. Not here: what fields a request has (api/field_table). Any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/ordered_map.h"
#include "base/result.h"

namespace cromwell::api {

// Objects keep the order of their members.
using JsonIn = nlohmann::basic_json<OrderedMap>;

// kInvalidJson with the byte offset of the fault.
base::Result<JsonIn> parse_json(std::string_view text);

}  // namespace cromwell::api
