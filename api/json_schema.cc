#include "api/json_schema.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "api/field_reader.h"
#include "api/number_schema.h"
#include "engine/json_pattern.h"
#include "engine/regex.h"

namespace cromwell::api {
namespace {

using engine::Pattern;

constexpr const char* kAnnotations[] = {
    "title",  "description", "default",   "examples",   "$schema", "$id",        "$comment",
    "format", "readOnly",    "writeOnly", "deprecated", "$defs",   "definitions"};
constexpr const char* kKeywords[] = {"type",    "minimum",    "exclusiveMinimum",
                                     "enum",    "maximum",    "exclusiveMaximum",
                                     "const",   "properties", "additionalProperties",
                                     "anyOf",   "required",   "items",
                                     "$ref",    "minLength",  "maxLength",
                                     "pattern", "minItems",   "maxItems"};

template <std::size_t n>
bool is_among(const char* const (&names)[n], const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

base::Error refused(const std::string& path, const std::string& problem) {
  return {base::ErrorCode::kInvalidRequest, path + ": " + problem, path};
}

// Asked before the patterns are made: a schema that is short can be one that is huge written out.
base::Result<> afford(std::size_t patterns, const std::string& path) {
  if (patterns <= std::size_t{engine::kMaxPatternNodes}) return {};
  return refused(path, "written out, the schema has more than " +
                           std::to_string(engine::kMaxPatternNodes) + " pieces");
}

std::size_t size_of(const Pattern& pattern) {
  return static_cast<std::size_t>(engine::count_patterns(pattern));
}

bool is_of_type(const JsonIn& value, const JsonIn& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type != "integer" || !value.is_number()) return false;
  return value.is_number_integer() || std::trunc(value.get<double>()) == value.get<double>();
}

class SchemaReader {
 public:
  explicit SchemaReader(const JsonIn& root) : root_(root) {}

  base::Result<Pattern> read(const JsonIn& schema, const std::string& path, int depth) {
    if (depth > kMaxSchemaDepth) {
      return refused(path, "schemas nest deeper than " + std::to_string(kMaxSchemaDepth) +
                               " (recursive ones are not supported)");
    }
    if (++schemas_ > kMaxSchemas) {
      return refused(path, "more than " + std::to_string(kMaxSchemas) + " schemas");
    }
    if (schema == true) return free_value(path);
    if (!schema.is_object()) return wrong_value(path, "a schema", schema);
    for (const auto& [name, value] : schema.items()) {
      if (is_among(kAnnotations, name) || is_among(kKeywords, name)) continue;
      return refused(path + "." + name, "this keyword is not supported");
    }
    if (schema.contains("$ref")) return read_reference(schema, path, depth);
    if (schema.contains("anyOf")) return read_any_of(schema, path, depth);
    if (schema.contains("const")) {
      return read_values(schema, "const", JsonIn::array({schema["const"]}), path);
    }
    if (schema.contains("enum")) return read_values(schema, "enum", schema["enum"], path);
    return read_typed(schema, path, depth);
  }

 private:
  // What stands beside a keyword that decides everything would be passed over.
  base::Result<> check_alone(const JsonIn& schema, const char* keyword, const std::string& path,
                             const char* companion = "") {
    for (const auto& [name, value] : schema.items()) {
      if (name != keyword && name != companion && is_among(kKeywords, name)) {
        return refused(path + "." + name, std::string("not supported beside ") + keyword);
      }
    }
    return {};
  }

  base::Result<Pattern> read_reference(const JsonIn& schema, const std::string& path, int depth) {
    CROMWELL_TRY(check_alone(schema, "$ref", path));
    const JsonIn& reference = schema["$ref"];
    const std::string* text = reference.get_ptr<const JsonIn::string_t*>();
    if (text != nullptr) {
      for (const char* folder : {"$defs", "definitions"}) {
        const std::string prefix = std::string("#/") + folder + "/";
        if (!text->starts_with(prefix) || !root_.contains(folder)) continue;
        const JsonIn& all = root_[folder];
        const auto found = all.is_object() ? all.find(text->substr(prefix.size())) : all.end();
        if (all.is_object() && found != all.end()) return read(*found, path + ".$ref", depth + 1);
      }
    }
    return refused(path + ".$ref", "expected the name of a schema in #/$defs or #/definitions");
  }

  base::Result<Pattern> read_any_of(const JsonIn& schema, const std::string& path, int depth) {
    CROMWELL_TRY(check_alone(schema, "anyOf", path));
    const JsonIn& list = schema["anyOf"];
    if (!list.is_array() || list.empty()) return wrong_value(path + ".anyOf", "schemas", list);
    std::vector<Pattern> parts;
    std::size_t patterns = 1;
    for (std::size_t i = 0; i < list.size(); ++i) {
      CROMWELL_ASSIGN(Pattern part,
                      read(list[i], path + ".anyOf[" + std::to_string(i) + "]", depth + 1));
      patterns += size_of(part);
      CROMWELL_TRY(afford(patterns, path + ".anyOf"));
      parts.push_back(std::move(part));
    }
    return engine::choice(std::move(parts));
  }

  // One of the values of const or enum.
  base::Result<Pattern> read_values(const JsonIn& schema, const std::string& keyword,
                                    const JsonIn& values, const std::string& path) {
    CROMWELL_TRY(check_alone(schema, keyword.c_str(), path, "type"));
    const std::string here = path + "." + keyword;
    if (!values.is_array() || values.empty()) return wrong_value(here, "a list of values", values);
    std::vector<Pattern> parts;
    std::size_t patterns = 1;
    for (const JsonIn& value : values) {
      if (schema.contains("type") && !is_of_types(value, schema["type"])) {
        return refused(here, "a value that is not of the type beside it");
      }
      const std::string text = value.dump();
      patterns += text.size() + 1;
      CROMWELL_TRY(afford(patterns, here));
      parts.push_back(engine::literal(text));
    }
    return engine::choice(std::move(parts));
  }

  static bool is_of_types(const JsonIn& value, const JsonIn& types) {
    if (!types.is_array()) return is_of_type(value, types);
    return std::any_of(types.begin(), types.end(),
                       [&](const JsonIn& type) { return is_of_type(value, type); });
  }

  base::Result<Pattern> read_typed(const JsonIn& schema, const std::string& path, int depth) {
    if (!schema.contains("type")) {
      if (schema.contains("properties")) return read_object(schema, path, depth);
      if (schema.contains("items")) return read_array(schema, path, depth);
      if (const auto alone = check_alone(schema, "", path); !alone) {
        return refused(path, "expected a type beside these keywords");
      }
      return free_value(path);
    }
    const JsonIn& type = schema["type"];
    const JsonIn list = type.is_array() ? type : JsonIn::array({type});
    std::vector<Pattern> parts;
    std::size_t patterns = 1;
    for (const JsonIn& one : list) {
      CROMWELL_ASSIGN(Pattern part, read_type(one, schema, path, depth));
      patterns += size_of(part);
      CROMWELL_TRY(afford(patterns, path + ".type"));
      parts.push_back(std::move(part));
    }
    if (parts.empty()) return wrong_value(path + ".type", "at least one type", type);
    return engine::choice(std::move(parts));
  }

  base::Result<Pattern> read_type(const JsonIn& type, const JsonIn& schema, const std::string& path,
                                  int depth) {
    if (type == "object") return read_object(schema, path, depth);
    if (type == "array") return read_array(schema, path, depth);
    if (type == "string") return read_string(schema, path);
    if (type == "integer") return read_number_schema(schema, path, true);
    if (type == "number") return read_number_schema(schema, path, false);
    if (type == "boolean") {
      return engine::choice({engine::literal("true"), engine::literal("false")});
    }
    if (type == "null") return engine::literal("null");
    return refused(path + ".type",
                   "expected object, array, string, integer, number, boolean or null");
  }

  base::Result<Pattern> read_string(const JsonIn& schema, const std::string& path) {
    if (schema.contains("pattern")) {
      CROMWELL_ASSIGN(const std::string text,
                      read_text(schema["pattern"], path + ".pattern", {0, engine::kMaxRegexBytes}));
      if (schema.contains("minLength") || schema.contains("maxLength")) {
        return refused(path + ".pattern", "not supported beside minLength and maxLength");
      }
      auto regex = engine::parse_regex(text);
      if (!regex) return refused(path + ".pattern", regex.error().message);
      CROMWELL_TRY(afford(size_of(regex->pattern), path + ".pattern"));
      // A schema's pattern may match anywhere in the string.
      engine::ByteSet ascii;
      for (std::size_t byte = 0; byte < 0x80; ++byte) ascii.set(byte);
      const Pattern any = engine::repeat(engine::character(ascii), 0, -1);
      std::vector<Pattern> parts;
      if (!regex->from_start) parts.push_back(any);
      parts.push_back(std::move(regex->pattern));
      if (!regex->to_end) parts.push_back(any);
      return engine::json_string_of(engine::sequence(std::move(parts)));
    }
    CROMWELL_ASSIGN(const auto length, read_range(schema, "minLength", "maxLength", path));
    return engine::json_string(length.first, length.second);
  }

  base::Result<Pattern> read_array(const JsonIn& schema, const std::string& path, int depth) {
    CROMWELL_ASSIGN(const auto count, read_range(schema, "minItems", "maxItems", path));
    const JsonIn any = true;
    const JsonIn& items = schema.contains("items") ? schema["items"] : any;
    CROMWELL_ASSIGN(const Pattern item, read(items, path + ".items", depth + 1));
    CROMWELL_TRY(afford(2 * size_of(item), path));  // the first, and those after a comma
    return engine::json_array(item, count.first, count.second);
  }

  base::Result<std::pair<int, int>> read_range(const JsonIn& schema, const char* least,
                                               const char* most, const std::string& path) {
    std::pair<int, int> range{0, -1};
    if (schema.contains(least)) {
      CROMWELL_ASSIGN(range.first,
                      read_integer<int>(schema[least], path + "." + least, {0, kMaxSchemaCount}));
    }
    if (schema.contains(most)) {
      CROMWELL_ASSIGN(range.second,
                      read_integer<int>(schema[most], path + "." + most, {0, kMaxSchemaCount}));
      if (range.second < range.first) {
        return refused(path + "." + most, std::string("expected at least ") + least);
      }
    }
    return range;
  }

  struct Property {
    Pattern pattern;  // "name": value
    bool is_required = false;
  };

  base::Result<Pattern> read_object(const JsonIn& schema, const std::string& path, int depth) {
    const JsonIn none = JsonIn::object();
    const JsonIn& properties = schema.contains("properties") ? schema["properties"] : none;
    if (!properties.is_object()) return wrong_value(path + ".properties", "an object", properties);
    if (properties.empty()) return read_map(schema, path, depth);
    if (properties.size() > std::size_t{kMaxSchemas}) {
      return refused(path + ".properties", "more than " + std::to_string(kMaxSchemas) + " of them");
    }
    CROMWELL_ASSIGN(const auto required, read_required(schema, properties, path));
    std::vector<std::string> order = required;
    for (const auto& [name, value] : properties.items()) {
      if (std::find(required.begin(), required.end(), name) == required.end()) {
        order.push_back(name);
      }
    }
    std::vector<Property> all;
    std::size_t patterns = 1;
    for (std::size_t i = 0; i < order.size(); ++i) {
      CROMWELL_TRY(afford(order[i].size(), path + ".properties"));
      CROMWELL_ASSIGN(Pattern value,
                      read(properties[order[i]], path + ".properties." + order[i], depth + 1));
      all.push_back({engine::sequence({engine::literal(JsonIn(order[i]).dump() + ":"),
                                       engine::json_space(), std::move(value)}),
                     i < required.size()});
      patterns += size_of(all.back().pattern) * (required.empty() ? i + 1 : 1);  // as in pairs()
      CROMWELL_TRY(afford(patterns, path + ".properties"));
    }
    return engine::sequence({engine::literal("{"), engine::json_space(), pairs(all),
                             engine::json_space(), engine::literal("}")});
  }

  // Any names; what additionalProperties says of their values.
  base::Result<Pattern> read_map(const JsonIn& schema, const std::string& path, int depth) {
    if (schema.contains("required") && !schema["required"].empty()) {
      return refused(path + ".required", "names that are not in properties");
    }
    if (!schema.contains("additionalProperties") || schema["additionalProperties"] == true) {
      CROMWELL_ASSIGN(const Pattern value, free_value(path));
      return engine::json_map(value);
    }
    if (schema["additionalProperties"] == false) {
      return engine::sequence({engine::literal("{"), engine::json_space(), engine::literal("}")});
    }
    CROMWELL_ASSIGN(const Pattern value, read(schema["additionalProperties"],
                                              path + ".additionalProperties", depth + 1));
    return engine::json_map(value);
  }

  base::Result<std::vector<std::string>> read_required(const JsonIn& schema,
                                                       const JsonIn& properties,
                                                       const std::string& path) {
    std::vector<std::string> names;
    if (!schema.contains("required")) return names;
    const JsonIn& list = schema["required"];
    if (!list.is_array()) return wrong_value(path + ".required", "a list of names", list);
    if (list.size() > std::size_t{kMaxSchemas}) {
      return refused(path + ".required", "more than " + std::to_string(kMaxSchemas) + " names");
    }
    for (const JsonIn& name : list) {
      if (!name.is_string() || !properties.contains(name.get<std::string>())) {
        return refused(path + ".required", "expected names that are in properties");
      }
      auto text = name.get<std::string>();
      if (std::find(names.begin(), names.end(), text) == names.end()) {
        names.push_back(std::move(text));
      }
    }
    return names;
  }

  // Required ones come first, so that a comma stands before all but the first of the list; where
  // none is required, each may be the first.
  static Pattern pairs(const std::vector<Property>& all) {
    const Pattern comma = engine::sequence({engine::literal(","), engine::json_space()});
    const auto rest = [&](std::size_t from) {
      std::vector<Pattern> parts;
      for (std::size_t i = from; i < all.size(); ++i) {
        Pattern pair = engine::sequence({comma, all[i].pattern});
        parts.push_back(all[i].is_required ? std::move(pair) : engine::optional(std::move(pair)));
      }
      return engine::sequence(std::move(parts));
    };
    if (all.front().is_required) return engine::sequence({all.front().pattern, rest(1)});
    std::vector<Pattern> firsts{engine::sequence({})};
    for (std::size_t i = 0; i < all.size(); ++i) {
      firsts.push_back(engine::sequence({all[i].pattern, rest(i + 1)}));
    }
    return engine::choice(std::move(firsts));
  }

  base::Result<Pattern> free_value(const std::string& path) {
    if (++free_values_ > kMaxFreeValues) {
      return refused(
          path, "more than " + std::to_string(kMaxFreeValues) + " places for values of any kind");
    }
    return engine::json_value();
  }

  const JsonIn& root_;
  int schemas_ = 0;
  int free_values_ = 0;
};

}  // namespace

base::Result<engine::Pattern> read_json_schema(const JsonIn& schema, const std::string& path) {
  return SchemaReader(schema).read(schema, path, 0);
}

}  // namespace cromwell::api
