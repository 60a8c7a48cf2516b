// FieldTable: the fields of one request object, each with its name, type, range, default and
// description. The same row reads the field and is its entry in /openapi.json, so that no field
// ships without one. A null is the same as no field, unless the field is required; names that are
// not in the table are ignored. Built once, then read from any thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/field_reader.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/schema.h"
#include "base/result.h"

namespace cromwell::api {

template <class Struct>
class FieldTable;

// A list of objects with these fields.
template <class Struct>
base::Result<std::vector<Struct>> read_list(const FieldTable<Struct>& fields, const JsonIn& value,
                                            const std::string& path, ListRange items);

template <class Struct>
class FieldTable {
 public:
  // `get` is a member pointer, or a function from Struct& to the member's reference. A member that
  // is a std::optional has no default; any other has the value of a fresh Struct.

  template <class Integer, class Get>
  FieldTable& integer(std::string name, Get get, IntegerRange<Integer> range,
                      std::string_view description) {
    JsonOut entry = schema::integer(description);
    entry["minimum"] = range.min;
    entry["maximum"] = range.max;
    return add(std::move(name), std::move(entry), get,
               [range](const JsonIn& value, const std::string& path) {
                 return read_integer<Integer>(value, path, range);
               });
  }

  template <class Get>
  FieldTable& number(std::string name, Get get, NumberRange range, std::string_view description) {
    JsonOut entry = schema::number(description);
    entry["minimum"] = range.min;
    entry["maximum"] = range.max;
    return add(std::move(name), std::move(entry), get,
               [range](const JsonIn& value, const std::string& path) -> base::Result<float> {
                 CROMWELL_ASSIGN(const double number, read_number(value, path, range));
                 return static_cast<float>(number);
               });
  }

  template <class Get>
  FieldTable& boolean(std::string name, Get get, std::string_view description) {
    return add(std::move(name), schema::boolean(description), get, read_boolean);
  }

  template <class Get>
  FieldTable& text(std::string name, Get get, TextRange range, std::string_view description) {
    return add(std::move(name), text_schema(range, description), get,
               [range](const JsonIn& value, const std::string& path) {
                 return read_text(value, path, range);
               });
  }

  // One text or a list of them.
  template <class Get>
  FieldTable& texts(std::string name, Get get, ListRange items, TextRange each,
                    std::string_view description) {
    JsonOut many = schema::list(text_schema(each, {}));
    many["maxItems"] = items.max_items;
    return add(std::move(name), schema::any_of({text_schema(each, {}), many}, description), get,
               [items, each](const JsonIn& value, const std::string& path) {
                 return read_texts(value, path, items, each);
               });
  }

  template <class Get>
  FieldTable& ids(std::string name, Get get, ListRange items, std::string_view description) {
    return add(std::move(name), ids_schema(items, description), get,
               [items](const JsonIn& value, const std::string& path) {
                 return read_ids(value, path, items);
               });
  }

  template <class Sub, class Get>
  FieldTable& object(std::string name, Get get, const FieldTable<Sub>& fields,
                     std::string_view description) {
    JsonOut entry = fields.schema();
    entry["description"] = description;
    return add(std::move(name), std::move(entry), get,
               [&fields](const JsonIn& value, const std::string& path) -> base::Result<Sub> {
                 Sub sub;
                 CROMWELL_TRY(fields.read(value, path, sub));
                 return sub;
               });
  }

  template <class Sub, class Get>
  FieldTable& objects(std::string name, Get get, const FieldTable<Sub>& fields, ListRange items,
                      std::string_view description) {
    JsonOut entry = schema::list(fields.schema(), description);
    entry["minItems"] = items.min_items;
    entry["maxItems"] = items.max_items;
    return add(std::move(name), std::move(entry), get,
               [&fields, items](const JsonIn& value, const std::string& path) {
                 return read_list(fields, value, path, items);
               });
  }

  // A value that a function of its own reads.
  template <class Get, class Read>
  FieldTable& custom(std::string name, Get get, JsonOut entry, Read reader) {
    return add(std::move(name), std::move(entry), get, std::move(reader));
  }

  // A parameter that is accepted only with a value that changes nothing: any other is refused, for
  // ignoring it would change what the caller gets. `description` says why.
  FieldTable& only(std::string name, std::initializer_list<JsonOut> values,
                   std::string_view description) {
    JsonOut entry;
    entry["description"] = description;
    entry["enum"] = JsonOut::array();
    std::string expected;
    for (const JsonOut& value : values) {
      entry["enum"].push_back(value);
      expected += (expected.empty() ? "" : " or ") + to_text(value);
    }
    std::string_view reason = description;
    if (reason.ends_with('.')) reason.remove_suffix(1);
    expected.append(" (").append(reason).append(")");
    std::vector<JsonIn> allowed(values.begin(), values.end());
    fields_.push_back({std::move(name), std::move(entry), false,
                       [allowed, expected](const JsonIn& value, const std::string& path,
                                           Struct&) -> base::Result<> {
                         for (const JsonIn& one : allowed) {
                           if (value == one) return {};
                         }
                         return wrong_value(path, expected, value);
                       }});
    return *this;
  }

  // The field added last must be there.
  FieldTable& required() {
    fields_.back().required = true;
    fields_.back().entry.erase("default");
    return *this;
  }

  // The text added last is an absolute path, or empty; who opens it says so of any other.
  FieldTable& absolute_path() {
    fields_.back().entry["pattern"] = "^(/|$)";
    return *this;
  }

  base::Result<> read(const JsonIn& object, const std::string& prefix, Struct& out) const;
  JsonOut schema() const;

 private:
  struct Field {
    std::string name;
    JsonOut entry;
    bool required;
    std::function<base::Result<>(const JsonIn&, const std::string& path, Struct&)> reader;
  };

  template <class Get, class Read>
  FieldTable& add(std::string name, JsonOut entry, Get get, Read reader) {
    Struct fresh{};
    put_default(entry, std::invoke(get, fresh));
    fields_.push_back(
        {std::move(name), std::move(entry), false,
         [get, reader = std::move(reader)](const JsonIn& value, const std::string& path,
                                           Struct& out) -> base::Result<> {
           CROMWELL_ASSIGN(std::invoke(get, out), reader(value, path));
           return {};
         }});
    return *this;
  }

  template <class T>
  static void put_default(JsonOut& entry, const T& fresh) {
    if constexpr (std::is_same_v<T, float>) {
      entry["default"] = shortest(fresh);
    } else if constexpr (std::is_arithmetic_v<T>) {
      entry["default"] = fresh;
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!fresh.empty()) entry["default"] = fresh;
    }
  }

  static JsonOut text_schema(TextRange range, std::string_view description) {
    JsonOut entry = schema::text(description);
    if (range.min_bytes > 0) entry["minLength"] = 1;
    entry["maxLength"] = range.max_bytes;
    return entry;
  }

  static JsonOut ids_schema(ListRange items, std::string_view description) {
    JsonOut one = schema::integer();
    one["minimum"] = 0;
    JsonOut entry = schema::list(std::move(one), description);
    entry["minItems"] = items.min_items;
    entry["maxItems"] = items.max_items;
    return entry;
  }

  std::vector<Field> fields_;
};

template <class Struct>
base::Result<> FieldTable<Struct>::read(const JsonIn& object, const std::string& prefix,
                                        Struct& out) const {
  if (!object.is_object()) return wrong_value(prefix, "an object", object);
  const auto path_of = [&prefix](const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
  };
  for (const Field& field : fields_) {
    const auto found = object.find(field.name);
    if (found == object.end()) {
      if (!field.required) continue;
      return base::Error{base::ErrorCode::kInvalidRequest,
                         path_of(field.name) + ": missing, but required", path_of(field.name)};
    }
    if (found->is_null() && !field.required) continue;
    CROMWELL_TRY(field.reader(*found, path_of(field.name), out));
  }
  return {};
}

template <class Struct>
JsonOut FieldTable<Struct>::schema() const {
  JsonOut object = schema::of("object", {});
  object["properties"] = JsonOut::object();
  JsonOut required = JsonOut::array();
  for (const Field& field : fields_) {
    object["properties"][field.name] = field.required ? field.entry : schema::nullable(field.entry);
    if (field.required) required.push_back(field.name);
  }
  if (!required.empty()) object["required"] = std::move(required);
  return object;
}

template <class Struct>
base::Result<std::vector<Struct>> read_list(const FieldTable<Struct>& fields, const JsonIn& value,
                                            const std::string& path, ListRange items) {
  if (!value.is_array() || value.size() < items.min_items || value.size() > items.max_items) {
    return wrong_value(path,
                       "a list of " + std::to_string(items.min_items) + " to " +
                           std::to_string(items.max_items) + " objects",
                       value.is_array() ? std::to_string(value.size()) + " of them"
                                        : std::string(value.type_name()));
  }
  std::vector<Struct> all(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    CROMWELL_TRY(fields.read(value[i], path + "[" + std::to_string(i) + "]", all[i]));
  }
  return all;
}

}  // namespace cromwell::api
