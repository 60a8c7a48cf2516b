#include "api/tool_wire.h"

#include <algorithm>
#include <set>
#include <utility>

#include "api/limits.h"
#include "api/schema.h"
#include "api/spaced_json.h"

namespace cromwell::api {
namespace {

using tokenizer::ToolCall;

constexpr ListRange kTools{0, kMaxTools};
constexpr const char* kNamePattern = "^[A-Za-z0-9_.-]+$";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// It stands between quotes in prompts and answers, so that it has nothing to escape.
base::Result<std::string> read_name(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(std::string name, read_text(value, path, {1, kMaxToolNameBytes}));
  if (!std::all_of(name.begin(), name.end(), is_name_character)) {
    return wrong_value(path, "letters, digits, _, . and -", std::string("another character"));
  }
  return name;
}

JsonOut name_schema() {
  JsonOut entry = schema::text("Letters, digits, _, . and -.");
  entry["pattern"] = kNamePattern;
  entry["minLength"] = 1;
  entry["maxLength"] = kMaxToolNameBytes;
  return entry;
}

base::Result<JsonIn> read_parameters(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(JsonIn parameters, read_object(value, path));
  if (parameters.contains("type") && parameters["type"] != "object") {
    return wrong_value(path + ".type", "\"object\"", parameters["type"]);
  }
  return base::Result<JsonIn>(boost::system::in_place_value, std::move(parameters));
}

const FieldTable<Tool>& function_fields() {
  static const auto table =
      FieldTable<Tool>()
          .custom("name", &Tool::name, name_schema(), read_name)
          .required()
          .boolean("strict", &Tool::strict,
                   "The arguments are held to `parameters` whatever tool_choice says, and a schema "
                   "that cannot be held to is refused.")
          .custom("parameters", &Tool::parameters,
                  schema::of("object", "A JSON schema of the arguments, of type object."),
                  read_parameters);
  return table;
}

struct ToolBody {
  Tool function;
};

const FieldTable<ToolBody>& tool_fields() {
  static const auto table = FieldTable<ToolBody>()
                                .only("type", {"function"}, "Functions only.")
                                .object("function", &ToolBody::function, function_fields(),
                                        "With what else it says, `description` above all, it is "
                                        "shown to the model.")
                                .required();
  return table;
}

base::Result<std::string> read_arguments(const JsonIn& value, const std::string& path) {
  if (value.is_object()) return spaced_text(value);
  CROMWELL_ASSIGN(const std::string text, read_text(value, path, {0, kMaxPromptBytes}));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return std::string("{}");
  const auto parsed = parse_json(text);
  if (parsed && parsed->is_object()) return spaced_text(*parsed);
  return wrong_value(path, "a JSON object, or the text of one", std::string("another text"));
}

JsonOut arguments_schema() {
  JsonOut text = schema::text();
  text["maxLength"] = kMaxPromptBytes;
  return schema::any_of({text, schema::of("object", {})}, "A JSON object, or the text of one.");
}

struct CallBody {
  ToolCall function{.name = {}, .arguments = "{}"};
};

const FieldTable<CallBody>& call_fields() {
  static const auto function =
      FieldTable<ToolCall>()
          .custom("name", &ToolCall::name, name_schema(), read_name)
          .required()
          .custom("arguments", &ToolCall::arguments, arguments_schema(), read_arguments);
  static const auto table =
      FieldTable<CallBody>()
          .only("type", {"function"}, "Functions only.")
          .object("function", &CallBody::function, function, "What was called.")
          .required();
  return table;
}

}  // namespace

base::Result<std::vector<Tool>> read_tools(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(auto bodies, read_list(tool_fields(), value, path, kTools));
  std::vector<Tool> tools;
  std::set<std::string> names;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    tools.push_back(std::move(bodies[i].function));
    tools.back().whole = value[i];
    if (!names.insert(tools.back().name).second) {
      return wrong_value(path + "[" + std::to_string(i) + "].function.name",
                         "a name that no other tool has", tools.back().name);
    }
  }
  return tools;
}

JsonOut tools_schema() {
  JsonOut entry = schema::list(tool_fields().schema(),
                               "What the model may call, where its chat template has tools; each "
                               "name once.");
  entry["maxItems"] = kTools.max_items;
  return entry;
}

base::Result<ToolChoice> read_tool_choice(const JsonIn& value, const std::string& path) {
  using Rule = ToolChoice::Rule;
  if (value == "auto") return ToolChoice{Rule::kAuto, {}};
  if (value == "none") return ToolChoice{Rule::kNone, {}};
  if (value == "required") return ToolChoice{Rule::kRequired, {}};
  if (!value.is_object()) {
    return wrong_value(path, R"("none", "auto", "required" or {"type": "function", ...})",
                       value.is_string() ? "another string" : std::string(value.type_name()));
  }
  ToolBody body;
  CROMWELL_TRY(tool_fields().read(value, path, body));
  return ToolChoice{Rule::kRequired, std::move(body.function.name)};
}

JsonOut tool_choice_schema() {
  JsonOut named = schema::object({{"type", schema::one_of_texts({"function"}), true},
                                  {"function", schema::object({{"name", name_schema()}})}});
  return schema::any_of(
      {schema::one_of_texts({"none", "auto", "required"}), std::move(named)},
      "none: no tool is shown to the model; auto: it may call some; required: it must; a function "
      "of `tools`: it must call this one. Of a call that it must make, the arguments are held to "
      "the tool's `parameters`.");
}

base::Result<std::vector<ToolCall>> read_tool_calls(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(auto bodies, read_list(call_fields(), value, path, kTools));
  std::vector<ToolCall> calls;
  for (CallBody& body : bodies) calls.push_back(std::move(body.function));
  return calls;
}

JsonOut tool_calls_schema() {
  JsonOut entry = schema::list(call_fields().schema(), "What the assistant called.");
  entry["maxItems"] = kTools.max_items;
  return entry;
}

}  // namespace cromwell::api
