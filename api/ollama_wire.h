// POST /api/generate and /api/chat in Ollama's shape: the requests as structs with their field
// tables. Not here: the answers (api/ollama_format, api/ollama_models). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/field_table.h"
#include "api/guided_fields.h"
#include "api/tool_wire.h"
#include "engine/generation.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

struct OllamaOptions {
  // Ollama's own defaults.
  engine::SamplingOptions sampling{.temperature = 0.8F, .top_k = 40, .top_p = 0.9F};
  std::int64_t seed = -1;  // below 0: random
  int num_predict = -1;    // -1, -2: what the context holds
  std::vector<std::string> stop;
};

// What both requests have.
struct OllamaCommon {
  OllamaOptions options;
  Guided guided;
  bool stream = true;
  bool logprobs = false;
  int top_logprobs = 0;
  std::string model;
};

struct OllamaGenerateBody {
  std::string prompt;
  std::string suffix;
  std::string system;
  std::vector<engine::TokenId> context;
  bool raw = false;
  OllamaCommon common;
};

struct OllamaChatBody {
  std::vector<tokenizer::ChatMessage> messages;
  ToolFields tools;
  OllamaCommon common;
};

const FieldTable<OllamaGenerateBody>& ollama_generate_fields();
const FieldTable<OllamaChatBody>& ollama_chat_fields();

// "json", or a JSON schema; "" is any text.
base::Result<std::optional<PatternMaker>> read_ollama_format(const JsonIn& value,
                                                             const std::string& path);

}  // namespace cromwell::api
