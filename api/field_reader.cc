#include "api/field_reader.h"

namespace cromwell::api {
namespace {

// What stands there, for the message: a number as it is, everything else by its type.
std::string describe(const JsonIn& value) {
  if (value.is_number() || value.is_boolean()) return value.dump();
  return value.type_name();
}

std::string number_text(double value) { return JsonIn(value).dump(); }

}  // namespace

base::Error wrong_value(const std::string& path, const std::string& expected,
                        const std::string& got) {
  const std::string name = path.empty() ? "the body" : path;
  return {base::ErrorCode::kInvalidRequest, name + ": expected " + expected + ", got " + got, path};
}

base::Error wrong_value(const std::string& path, const std::string& expected, const JsonIn& got) {
  return wrong_value(path, expected, describe(got));
}

std::string integer_text(const std::string& min, const std::string& max, bool bounded) {
  return bounded ? "an integer from " + min + " to " + max : "an integer >= " + min;
}

base::Result<bool> read_boolean(const JsonIn& value, const std::string& path) {
  if (const auto* flag = value.get_ptr<const JsonIn::boolean_t*>()) return *flag;
  return wrong_value(path, "true or false", value);
}

base::Result<double> read_number(const JsonIn& value, const std::string& path, NumberRange range) {
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (number >= range.min && number <= range.max) return number;
  }
  return wrong_value(
      path, "a number from " + number_text(range.min) + " to " + number_text(range.max), value);
}

base::Result<std::string> read_text(const JsonIn& value, const std::string& path, TextRange range) {
  const std::string expected = range.min_bytes == 0
                                   ? "a string"
                                   : "a string of at least " + std::to_string(range.min_bytes) +
                                         (range.min_bytes == 1 ? " byte" : " bytes");
  const auto* text = value.get_ptr<const JsonIn::string_t*>();
  if (text == nullptr) return wrong_value(path, expected, value);
  if (text->size() < range.min_bytes) {
    return wrong_value(path, expected, std::to_string(text->size()) + " bytes");
  }
  if (text->size() > range.max_bytes) {
    return wrong_value(path, "a string of at most " + std::to_string(range.max_bytes) + " bytes",
                       std::to_string(text->size()) + " bytes");
  }
  return *text;
}

base::Result<JsonIn> read_object(const JsonIn& value, const std::string& path) {
  if (!value.is_object()) return wrong_value(path, "an object", value);
  return base::Result<JsonIn>(boost::system::in_place_value, value);
}

base::Result<std::vector<std::string>> read_texts(const JsonIn& value, const std::string& path,
                                                  ListRange items, TextRange each) {
  std::vector<std::string> texts;
  if (value.is_string()) {
    CROMWELL_ASSIGN(std::string text, read_text(value, path, each));
    texts.push_back(std::move(text));
    return texts;
  }
  const std::string expected =
      "a string or a list of at most " + std::to_string(items.max_items) + " strings";
  if (!value.is_array()) return wrong_value(path, expected, value);
  if (value.size() > items.max_items) {
    return wrong_value(path, expected, std::to_string(value.size()) + " of them");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    CROMWELL_ASSIGN(std::string text,
                    read_text(value[i], path + "[" + std::to_string(i) + "]", each));
    texts.push_back(std::move(text));
  }
  return texts;
}

base::Result<std::vector<std::int32_t>> read_ids(const JsonIn& value, const std::string& path,
                                                 ListRange items) {
  const std::string expected = "a list of " + std::to_string(items.min_items) + " to " +
                               std::to_string(items.max_items) + " token ids";
  if (!value.is_array()) return wrong_value(path, expected, value);
  if (value.size() < items.min_items || value.size() > items.max_items) {
    return wrong_value(path, expected, std::to_string(value.size()) + " of them");
  }
  std::vector<std::int32_t> ids;
  ids.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    CROMWELL_ASSIGN(
        const std::int32_t id,
        read_integer<std::int32_t>(value[i], path + "[" + std::to_string(i) + "]", {.min = 0}));
    ids.push_back(id);
  }
  return ids;
}

}  // namespace cromwell::api
