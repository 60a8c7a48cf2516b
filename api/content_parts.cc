#include "api/content_parts.h"

#include "api/field_table.h"
#include "api/limits.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

struct ContentPart {
  std::string type;
  std::string text;
};

const FieldTable<ContentPart>& part_fields() {
  static const auto table =
      FieldTable<ContentPart>()
          .only("type", {"text"}, "Text only.")
          .required()
          .text("text", &ContentPart::text, {0, kMaxPromptBytes}, "The text of this part.")
          .required();
  return table;
}

struct Prediction {
  std::string content;
};

const FieldTable<Prediction>& prediction_fields() {
  static const auto table =
      FieldTable<Prediction>()
          .only("type", {"content"}, "A text.")
          .required()
          .custom("content", &Prediction::content, content_schema("Text, or a list of text parts."),
                  read_content)
          .required();
  return table;
}

}  // namespace

base::Result<std::string> read_content(const JsonIn& value, const std::string& path) {
  if (!value.is_array()) return read_text(value, path, {0, kMaxPromptBytes});
  std::string content;
  for (std::size_t i = 0; i < value.size(); ++i) {
    ContentPart part;
    CROMWELL_TRY(part_fields().read(value[i], path + "[" + std::to_string(i) + "]", part));
    content += part.text;
  }
  return content;
}

JsonOut content_schema(std::string_view description) {
  JsonOut text = schema::text();
  text["maxLength"] = kMaxPromptBytes;
  return schema::any_of({text, schema::list(part_fields().schema())}, description);
}

base::Result<std::string> read_prediction(const JsonIn& value, const std::string& path) {
  Prediction prediction;
  CROMWELL_TRY(prediction_fields().read(value, path, prediction));
  return std::move(prediction.content);
}

JsonOut prediction_schema(std::string_view description) {
  JsonOut schema = prediction_fields().schema();
  schema["description"] = description;
  return schema;
}

}  // namespace cromwell::api
