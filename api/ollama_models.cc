#include "api/ollama_models.h"

#include <ctime>

#include "api/limits.h"
#include "api/ollama_format.h"
#include "api/ollama_wire.h"
#include "api/schema.h"
#include "base/hash.h"

namespace cromwell::api {
namespace {

// Clients look for .Suffix in it to know that text can be filled in, and for .Tools; the prompts
// themselves are made by tokenizer/chat_template and edit/fill_prompt.
constexpr const char* kTemplate = "{{ .System }}{{ .Prompt }}{{ .Suffix }}";
constexpr const char* kTemplateWithTools = "{{ .System }}{{ .Tools }}{{ .Prompt }}{{ .Suffix }}";

std::string rounded(double value, const char* unit) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f%s", value, unit);
  return text;
}

std::string parameter_size(std::uint64_t parameters) {
  const auto count = static_cast<double>(parameters);
  return parameters >= 1'000'000'000 ? rounded(count / 1e9, "B") : rounded(count / 1e6, "M");
}

std::string time_text(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[24];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

JsonOut details_json(const ServiceParts& parts) {
  JsonOut details;
  details["parent_model"] = "";
  details["format"] = "gguf";
  details["family"] = parts.model.architecture;
  details["families"] = {parts.model.architecture};
  details["parameter_size"] = parameter_size(parts.model.parameters);
  details["quantization_level"] = parts.model.quantization;
  return details;
}

JsonOut model_json(const ServiceParts& parts) {
  JsonOut model;
  model["name"] = parts.model_name;
  model["model"] = parts.model_name;
  model["size"] = parts.model.bytes;
  // Of the name alone: reading all of a model for it would take seconds.
  model["digest"] = base::sha256_hex(parts.model_name);
  model["details"] = details_json(parts);
  return model;
}

JsonOut details_schema() {
  return schema::object({{"parent_model", schema::text()},
                         {"format", schema::text()},
                         {"family", schema::text("the architecture")},
                         {"families", schema::list(schema::text())},
                         {"parameter_size", schema::text("\"134.5M\"")},
                         {"quantization_level", schema::text("of most weights")}});
}

JsonOut model_schema() {
  return schema::object({{"name", schema::text()},
                         {"model", schema::text()},
                         {"size", schema::integer("bytes of its weights")},
                         {"digest", schema::text("of its name")},
                         {"details", details_schema()}});
}

}  // namespace

const FieldTable<OllamaShowBody>& ollama_show_fields() {
  static const auto table =
      FieldTable<OllamaShowBody>()
          .text("model", &OllamaShowBody::model, {0, kMaxNameBytes},
                "Ignored: one model is resident.")
          .text("name", &OllamaShowBody::name, {0, kMaxNameBytes}, "The old name of it.");
  return table;
}

JsonOut ollama_tags_json(const ServiceParts& parts, std::time_t modified) {
  JsonOut model = model_json(parts);
  model["modified_at"] = time_text(modified);
  JsonOut answer;
  answer["models"].push_back(std::move(model));
  return answer;
}

JsonOut ollama_ps_json(const ServiceParts& parts) {
  JsonOut model = model_json(parts);
  model["expires_at"] = "2999-12-31T00:00:00Z";  // it stays
  model["size_vram"] = 0;
  model["context_length"] = parts.context_length;
  JsonOut answer;
  answer["models"].push_back(std::move(model));
  return answer;
}

JsonOut ollama_show_json(const ServiceParts& parts, std::time_t modified) {
  JsonOut answer;
  answer["modelfile"] = "";
  answer["parameters"] = "";
  const bool has_tools = parts.chat_template.tools() != nullptr;
  answer["template"] = has_tools ? kTemplateWithTools : kTemplate;
  answer["details"] = details_json(parts);
  JsonOut& info = answer["model_info"];
  info["general.architecture"] = parts.model.architecture;
  info["general.parameter_count"] = parts.model.parameters;
  info[parts.model.architecture + ".context_length"] = parts.context_length;
  answer["capabilities"] = {"completion", "insert"};
  if (has_tools) answer["capabilities"].push_back("tools");
  answer["modified_at"] = time_text(modified);
  return answer;
}

void add_ollama_schemas(JsonOut& all) {
  all["OllamaGenerateRequest"] = ollama_generate_fields().schema();
  all["OllamaChatRequest"] = ollama_chat_fields().schema();
  all["OllamaShowRequest"] = ollama_show_fields().schema();
  all["OllamaGenerated"] = ollama_answer_schema(false);
  all["OllamaChatted"] = ollama_answer_schema(true);
  all["OllamaVersion"] = schema::object(
      {{"version", schema::text("the version of Ollama whose interface this follows")}});
  JsonOut listed = model_schema();
  listed["properties"]["modified_at"] = schema::text("when the daemon started");
  all["OllamaTags"] = schema::object({{"models", schema::list(std::move(listed))}});
  JsonOut running = model_schema();
  running["properties"]["expires_at"] = schema::text("never");
  running["properties"]["size_vram"] = schema::integer();
  running["properties"]["context_length"] = schema::integer("tokens");
  all["OllamaPs"] = schema::object({{"models", schema::list(std::move(running))}});
  JsonOut info = schema::object(
      {{"general.architecture", schema::text()}, {"general.parameter_count", schema::integer()}});
  info["additionalProperties"] = schema::integer("ARCHITECTURE.context_length");
  all["OllamaShown"] =
      schema::object({{"modelfile", schema::text("empty")},
                      {"parameters", schema::text("empty")},
                      {"template", schema::text("only says which parts a prompt has")},
                      {"details", details_schema()},
                      {"model_info", std::move(info)},
                      {"capabilities", schema::list(schema::text("completion, insert, tools"))},
                      {"modified_at", schema::text("when the daemon started")}});
  all["OllamaError"] = schema::object(
      {{"error", schema::any_of({schema::text("what, where, and what was expected"),
                                 schema::of("object", "as in Error: before it was read")})}});
}

}  // namespace cromwell::api
