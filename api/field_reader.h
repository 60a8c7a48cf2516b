// Reads one JSON value as one type within one range; an error names the field's path, what was
// expected and what was there. Not here: which fields a request has (api/field_table). Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "api/json_reader.h"
#include "base/result.h"

namespace cromwell::api {

template <class Integer>
struct IntegerRange {
  Integer min = std::numeric_limits<Integer>::min();
  Integer max = std::numeric_limits<Integer>::max();
};

struct NumberRange {
  double min = 0;
  double max = 0;
};

struct TextRange {
  std::size_t min_bytes = 0;
  std::size_t max_bytes = 0;
};

struct ListRange {
  std::size_t min_items = 0;
  std::size_t max_items = 0;
};

// kInvalidRequest: "PATH: expected EXPECTED, got VALUE".
base::Error wrong_value(const std::string& path, const std::string& expected, const JsonIn& got);
base::Error wrong_value(const std::string& path, const std::string& expected,
                        const std::string& got);

base::Result<bool> read_boolean(const JsonIn& value, const std::string& path);
base::Result<double> read_number(const JsonIn& value, const std::string& path, NumberRange range);
base::Result<std::string> read_text(const JsonIn& value, const std::string& path, TextRange range);
base::Result<JsonIn> read_object(const JsonIn& value, const std::string& path);

// One text or a list of them.
base::Result<std::vector<std::string>> read_texts(const JsonIn& value, const std::string& path,
                                                  ListRange items, TextRange each);
base::Result<std::vector<std::int32_t>> read_ids(const JsonIn& value, const std::string& path,
                                                 ListRange items);

std::string integer_text(const std::string& min, const std::string& max, bool bounded);

// An integer written with a fraction or an exponent (16.0) is one too, as in JSON Schema.
template <class Integer>
base::Result<Integer> read_integer(const JsonIn& value, const std::string& path,
                                   IntegerRange<Integer> range) {
  const auto in_range = [&](auto number) {
    return std::cmp_greater_equal(number, range.min) && std::cmp_less_equal(number, range.max);
  };
  constexpr double kExact = 9007199254740992.0;  // 2^53: up to here a double holds every integer
  if (value.is_number_unsigned()) {
    const auto number = *value.get_ptr<const JsonIn::number_unsigned_t*>();
    if (in_range(number)) return static_cast<Integer>(number);
  } else if (value.is_number_integer()) {
    const auto number = *value.get_ptr<const JsonIn::number_integer_t*>();
    if (in_range(number)) return static_cast<Integer>(number);
  } else if (value.is_number_float()) {
    const double number = *value.get_ptr<const JsonIn::number_float_t*>();
    if (number >= -kExact && number <= kExact) {
      const auto whole = static_cast<std::int64_t>(number);
      if (static_cast<double>(whole) == number && in_range(whole)) {
        return static_cast<Integer>(whole);
      }
    }
  }
  return wrong_value(path,
                     integer_text(std::to_string(range.min), std::to_string(range.max),
                                  range.max != std::numeric_limits<Integer>::max()),
                     value);
}

}  // namespace cromwell::api
