// Reads a JSON schema as a pattern of the texts that it allows. A subset: type (one or a list),
// enum, const, properties, required, additionalProperties, items, minItems, maxItems, minLength,
// maxLength, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum, anyOf, and $ref to
// #/$defs or #/definitions without recursion; titles, descriptions and other annotations are passed
// over, format too (the standard calls it one). Any other keyword is refused by name, and so is one
// beside $ref, anyOf, const or enum, but for a type that the values have. A schema is refused
// before it is written out where that would be larger than engine::kMaxPatternNodes. An object has
// the properties that the schema lists and no others, those of `required` first, in its order, then
// the rest in the schema's; without properties any. Values of any kind nest at most
// engine::kFreeJsonDepth deep. Any thread.
#pragma once

#include <string>

#include "api/json_reader.h"
#include "base/result.h"
#include "engine/pattern.h"

namespace cromwell::api {

inline constexpr int kMaxSchemaDepth = 24;    // of schemas in schemas, references included
inline constexpr int kMaxSchemas = 2000;      // references count for what they name
inline constexpr int kMaxFreeValues = 16;     // places for values of any kind: each is large
inline constexpr int kMaxSchemaCount = 1000;  // minItems, maxLength and the like

// kInvalidRequest with the path from `path` on.
base::Result<engine::Pattern> read_json_schema(const JsonIn& schema, const std::string& path);

}  // namespace cromwell::api
