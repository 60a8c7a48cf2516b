// Checks a JSON value against the part of JSON Schema that /openapi.json uses. Stricter than the
// standard in one thing: an object may have no member that its schema does not name, so that no
// field ships without its entry.
#pragma once

#include <string>

#include "api/json_reader.h"

namespace cromwell::api {

class SchemaCheck {
 public:
  explicit SchemaCheck(const JsonIn& document) : document_(document) {}

  // Empty if the value fits, else what does not.
  std::string check(const JsonIn& value, const JsonIn& schema, const std::string& at = "$") const {
    if (schema.contains("$ref")) {
      return check(value,
                   document_.at(JsonIn::json_pointer(schema["$ref"].get<std::string>().substr(1))),
                   at);
    }
    if (schema.contains("anyOf")) {
      std::string all;
      for (const JsonIn& choice : schema["anyOf"]) {
        const std::string fault = check(value, choice, at);
        if (fault.empty()) return {};
        all += "[" + fault + "] ";
      }
      return all;
    }
    if (schema.contains("enum") && !contains(schema["enum"], value)) {
      return at + ": not in the enumeration: " + value.dump();
    }
    if (schema.contains("type") && !has_type(value, schema["type"])) {
      return at + ": " + value.type_name() + " is not " + schema["type"].dump();
    }
    if (value.is_number()) return check_range(value, schema, at);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string fault =
            check(value[i], schema["items"], at + "[" + std::to_string(i) + "]");
        if (!fault.empty()) return fault;
      }
    }
    return value.is_object() ? check_object(value, schema, at) : std::string();
  }

  std::string check_named(const JsonIn& value, const std::string& name) const {
    return check(value, document_["components"]["schemas"][name], name);
  }

 private:
  static bool contains(const JsonIn& list, const JsonIn& value) {
    for (const JsonIn& one : list) {
      if (one == value) return true;
    }
    return false;
  }
  static bool has_type(const JsonIn& value, const JsonIn& type) {
    if (type.is_array()) {
      for (const JsonIn& one : type) {
        if (has_type(value, one)) return true;
      }
      return false;
    }
    const std::string name = type.get<std::string>();
    return (name == "object" && value.is_object()) || (name == "array" && value.is_array()) ||
           (name == "string" && value.is_string()) || (name == "boolean" && value.is_boolean()) ||
           (name == "null" && value.is_null()) || (name == "number" && value.is_number()) ||
           (name == "integer" && value.is_number_integer());
  }
  static std::string check_range(const JsonIn& value, const JsonIn& schema, const std::string& at) {
    if (schema.contains("minimum") && value < schema["minimum"]) return at + ": below the minimum";
    if (schema.contains("maximum") && value > schema["maximum"]) return at + ": above the maximum";
    return {};
  }
  std::string check_object(const JsonIn& value, const JsonIn& schema, const std::string& at) const {
    for (const JsonIn& name : schema.value("required", JsonIn::array())) {
      if (!value.contains(name.get<std::string>())) return at + ": lacks " + name.dump();
    }
    if (!schema.contains("properties") && !schema.contains("additionalProperties")) return {};
    const JsonIn properties = schema.value("properties", JsonIn::object());
    for (const auto& [name, member] : value.items()) {
      const bool is_known = properties.contains(name);
      if (!is_known && !schema.contains("additionalProperties")) {
        return at + "." + name + ": not in the description";
      }
      const std::string fault = check(
          member, is_known ? properties[name] : schema["additionalProperties"], at + "." + name);
      if (!fault.empty()) return fault;
    }
    return {};
  }

  const JsonIn& document_;
};

}  // namespace cromwell::api
