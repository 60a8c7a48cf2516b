// A JSON schema's numbers with bounds as patterns: minimum, maximum, exclusiveMinimum and
// exclusiveMaximum. A bound is what is written, which a reader of doubles may find a rounding away
// where it has more than 15 digits. Any thread.
#pragma once

#include <string>

#include "api/json_reader.h"
#include "base/result.h"
#include "engine/pattern.h"

namespace cromwell::api {

// What `schema` allows of integers, or of numbers. kInvalidRequest where a bound is none, or no
// number is between them.
base::Result<engine::Pattern> read_number_schema(const JsonIn& schema, const std::string& path,
                                                 bool is_integer);

}  // namespace cromwell::api
