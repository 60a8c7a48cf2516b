// What Ollama's clients ask about models: the one that is resident, in the shapes of /api/tags,
// /api/show and /api/ps. Any thread.
#pragma once

#include <string>

#include "api/field_table.h"
#include "api/json_writer.h"
#include "api/service.h"

namespace cromwell::api {

struct OllamaShowBody {
  std::string model, name;  // both ignored
};

const FieldTable<OllamaShowBody>& ollama_show_fields();
// The version of Ollama whose interface this follows: clients ask for at least some.
inline constexpr const char* kOllamaVersion = "0.12.6";

JsonOut ollama_tags_json(const ServiceParts& parts, std::time_t modified);
JsonOut ollama_ps_json(const ServiceParts& parts);
JsonOut ollama_show_json(const ServiceParts& parts, std::time_t modified);

void add_ollama_schemas(JsonOut& all);

}  // namespace cromwell::api
