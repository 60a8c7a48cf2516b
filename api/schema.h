// Small pieces of JSON Schema, from which field tables and answers describe themselves for
// /openapi.json. Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "api/json_writer.h"

namespace cromwell::api::schema {

inline JsonOut of(std::string_view type, std::string_view description) {
  JsonOut schema;
  schema["type"] = type;
  if (!description.empty()) schema["description"] = description;
  return schema;
}
inline JsonOut text(std::string_view description = {}) { return of("string", description); }
inline JsonOut integer(std::string_view description = {}) { return of("integer", description); }
inline JsonOut number(std::string_view description = {}) { return of("number", description); }
inline JsonOut boolean(std::string_view description = {}) { return of("boolean", description); }

inline JsonOut list(JsonOut items, std::string_view description = {}) {
  JsonOut schema = of("array", description);
  schema["items"] = std::move(items);
  return schema;
}

inline JsonOut ref(std::string_view name) {
  JsonOut schema;
  schema["$ref"] = "#/components/schemas/" + std::string(name);
  return schema;
}

inline JsonOut any_of(std::initializer_list<JsonOut> choices, std::string_view description = {}) {
  JsonOut schema;
  if (!description.empty()) schema["description"] = description;
  schema["anyOf"] = JsonOut::array();
  for (const JsonOut& choice : choices) schema["anyOf"].push_back(choice);
  return schema;
}

inline JsonOut nullable(JsonOut schema) {
  if (schema.contains("type") && schema["type"].is_string()) {
    const std::string type = schema["type"].get<std::string>();
    schema["type"] = {type, "null"};
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
    return schema;
  }
  return any_of({std::move(schema), of("null", {})});
}

inline JsonOut one_of_texts(const std::vector<std::string>& values,
                            std::string_view description = {}) {
  JsonOut schema = text(description);
  schema["enum"] = JsonOut::array();
  for (const std::string& value : values) schema["enum"].push_back(value);
  return schema;
}

inline JsonOut one_of_integers(std::initializer_list<int> values,
                               std::string_view description = {}) {
  JsonOut schema = integer(description);
  schema["enum"] = JsonOut::array();
  for (const int value : values) schema["enum"].push_back(value);
  return schema;
}

struct Member {
  const char* name;
  JsonOut schema;
  bool optional = false;
};

inline JsonOut object(std::initializer_list<Member> members, std::string_view description = {}) {
  JsonOut schema = of("object", description);
  schema["properties"] = JsonOut::object();
  JsonOut required = JsonOut::array();
  for (const Member& member : members) {
    schema["properties"][member.name] = member.schema;
    if (!member.optional) required.push_back(member.name);
  }
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

}  // namespace cromwell::api::schema
