#include "api/number_schema.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "api/field_reader.h"
#include "engine/json_pattern.h"
#include "engine/number_pattern.h"

namespace cromwell::api {
namespace {

using engine::NumberBound;
using engine::Pattern;

// Exact: a long double holds every number of 64 bits and every double.
static_assert(std::numeric_limits<long double>::digits >= 64);
long double value_of(const JsonIn& number) {
  if (number.is_number_unsigned()) return static_cast<long double>(number.get<std::uint64_t>());
  if (number.is_number_integer()) return static_cast<long double>(number.get<std::int64_t>());
  return static_cast<long double>(number.get<double>());
}

// The bound that says more, where both are given.
base::Result<std::optional<NumberBound>> read_bound(const JsonIn& schema, const std::string& path,
                                                    const char* inclusive, const char* exclusive,
                                                    bool is_lower) {
  for (const char* name : {inclusive, exclusive}) {
    if (schema.contains(name) && !schema[name].is_number()) {
      return wrong_value(path + "." + name, "a number", schema[name]);
    }
  }
  if (!schema.contains(inclusive) && !schema.contains(exclusive)) {
    return std::optional<NumberBound>();
  }
  bool is_exclusive = schema.contains(exclusive);
  if (is_exclusive && schema.contains(inclusive)) {
    const long double within = value_of(schema[inclusive]), beyond = value_of(schema[exclusive]);
    is_exclusive = is_lower ? beyond >= within : beyond <= within;
  }
  const char* name = is_exclusive ? exclusive : inclusive;
  return std::optional(NumberBound{.value = schema[name].dump(), .is_exclusive = is_exclusive});
}

}  // namespace

base::Result<Pattern> read_number_schema(const JsonIn& schema, const std::string& path,
                                         bool is_integer) {
  CROMWELL_ASSIGN(const auto least, read_bound(schema, path, "minimum", "exclusiveMinimum", true));
  CROMWELL_ASSIGN(const auto most, read_bound(schema, path, "maximum", "exclusiveMaximum", false));
  if (!least && !most) return is_integer ? engine::json_integer() : engine::json_number();
  auto pattern =
      is_integer ? engine::integer_between(least, most) : engine::number_between(least, most);
  if (pattern) return *std::move(pattern);
  const std::string kind = is_integer ? "an integer" : "a number";
  const int digits = is_integer ? engine::kMaxDigits : engine::kMaxBoundedDigits;
  const std::string problem = path + ": expected bounds with " + kind + " of at most " +
                              std::to_string(digits) + " digits between them";
  return base::Error{base::ErrorCode::kInvalidRequest, problem, path};
}

}  // namespace cromwell::api
