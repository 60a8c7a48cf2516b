#include "api/guided_fields.h"

#include <string_view>
#include <utility>
#include <vector>

#include "api/json_schema.h"
#include "api/limits.h"
#include "api/schema.h"
#include "engine/json_pattern.h"
#include "engine/pattern_constraint.h"
#include "engine/regex.h"

namespace cromwell::api {
namespace {

constexpr ListRange kChoices{1, kMaxGuidedChoices};
constexpr TextRange kChoice{1, kMaxGuidedChoiceBytes};

// {"type", "json_schema": {"name", "strict", "schema"}}.
struct NamedSchema {
  std::string name;
  bool strict = false;
  JsonIn schema;  // null: none
};

struct ResponseFormat {
  std::string type;
  std::optional<NamedSchema> json_schema;
};

base::Result<std::string> read_format_type(const JsonIn& value, const std::string& path) {
  for (const char* type : {"text", "json_object", "json_schema"}) {
    if (value == type) return std::string(type);
  }
  return wrong_value(path, R"("text", "json_object" or "json_schema")",
                     value.is_string() ? "another string" : std::string(value.type_name()));
}

const FieldTable<NamedSchema>& named_schema_fields() {
  static const auto table =
      FieldTable<NamedSchema>()
          .text("name", &NamedSchema::name, {0, kMaxNameBytes}, "Ignored.")
          .boolean("strict", &NamedSchema::strict, "Ignored: it is always kept to.")
          .custom("schema", &NamedSchema::schema,
                  schema::of("object",
                             "A JSON schema; a keyword that is not supported is refused by name."),
                  read_object);
  return table;
}

const FieldTable<ResponseFormat>& format_fields() {
  static const auto table =
      FieldTable<ResponseFormat>()
          .custom("type", &ResponseFormat::type,
                  schema::one_of_texts({"text", "json_object", "json_schema"}), read_format_type)
          .required()
          .object("json_schema", &ResponseFormat::json_schema, named_schema_fields(),
                  "With the type of this name.");
  return table;
}

}  // namespace

PatternMaker any_object() {
  return [] { return base::Result<engine::Pattern>(engine::json_object()); };
}

PatternMaker schema_pattern(JsonIn schema, std::string path) {
  return [schema = std::move(schema), path = std::move(path)] {
    return read_json_schema(schema, path);
  };
}

base::Result<std::optional<PatternMaker>> read_response_format(const JsonIn& value,
                                                               const std::string& path) {
  ResponseFormat format;
  CROMWELL_TRY(format_fields().read(value, path, format));
  if (format.type == "text") return std::optional<PatternMaker>();
  if (format.type == "json_object") return std::optional(any_object());
  if (!format.json_schema || format.json_schema->schema.is_null()) {
    return wrong_value(path + ".json_schema", "an object with a schema", std::string("none"));
  }
  return std::optional(
      schema_pattern(std::move(format.json_schema->schema), path + ".json_schema.schema"));
}

JsonOut response_format_schema() {
  JsonOut format = format_fields().schema();
  format["description"] =
      "json_object: the answer is a JSON object; json_schema: one that the schema allows, with "
      "the required properties first.";
  return format;
}

base::Result<std::optional<PatternMaker>> read_guided_regex(const JsonIn& value,
                                                            const std::string& path) {
  CROMWELL_ASSIGN(std::string text, read_text(value, path, {1, engine::kMaxRegexBytes}));
  return std::optional<PatternMaker>([text = std::move(text),
                                      path]() -> base::Result<engine::Pattern> {
    auto regex = engine::parse_regex(text);
    if (regex) return std::move(regex->pattern);
    return base::Error{base::ErrorCode::kInvalidRequest, path + ": " + regex.error().message, path};
  });
}

JsonOut guided_regex_schema() {
  JsonOut entry = schema::text("The whole answer matches this regular expression.");
  entry["minLength"] = 1;
  entry["maxLength"] = engine::kMaxRegexBytes;
  return entry;
}

base::Result<std::optional<PatternMaker>> read_guided_choice(const JsonIn& value,
                                                             const std::string& path) {
  if (!value.is_array()) return wrong_value(path, "a list of strings", value);
  CROMWELL_ASSIGN(std::vector<std::string> texts, read_texts(value, path, kChoices, kChoice));
  if (texts.empty()) return wrong_value(path, "at least one string", std::string("none"));
  std::size_t patterns = 1;
  for (const std::string& text : texts) patterns += text.size() + 1;
  if (patterns > std::size_t{engine::kMaxPatternNodes}) {
    return wrong_value(
        path, "texts of at most " + std::to_string(engine::kMaxPatternNodes) + " bytes in all",
        std::string("more"));
  }
  return std::optional<PatternMaker>([texts = std::move(texts)]() -> base::Result<engine::Pattern> {
    return engine::one_of_lines(std::vector<std::string_view>(texts.begin(), texts.end()));
  });
}

JsonOut guided_choice_schema() {
  JsonOut choice = schema::text();
  choice["minLength"] = kChoice.min_bytes;
  choice["maxLength"] = kChoice.max_bytes;
  JsonOut entry = schema::list(std::move(choice), "The answer is one of these texts.");
  entry["minItems"] = kChoices.min_items;
  entry["maxItems"] = kChoices.max_items;
  return entry;
}

base::Result<std::unique_ptr<engine::Constraint>> constraint_of(ServiceState& service,
                                                                const Guided& guided) {
  const PatternMaker* make = nullptr;
  for (const auto* one : {&guided.format, &guided.regex, &guided.choice, &guided.calls}) {
    if (!one->has_value()) continue;
    if (make != nullptr) {
      return base::Error{base::ErrorCode::kInvalidRequest,
                         "guided_regex, guided_choice, a response_format and calls of tools that "
                         "the answer is held to exclude each other",
                         "response_format"};
    }
    make = &**one;
  }
  if (make == nullptr) return std::unique_ptr<engine::Constraint>();
  CROMWELL_ASSIGN(const engine::Pattern pattern, (*make)());
  return engine::PatternConstraint::create(pattern, service.trie.of(*service.parts.tokenizer),
                                           service.parts.tokenizer);
}

}  // namespace cromwell::api
