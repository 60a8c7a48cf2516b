// POST /v1/completions in OpenAI's shape: the request as a struct with its field table. Not here:
// the answer (api/completion_shape). Any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/field_table.h"
#include "api/guided_fields.h"
#include "engine/generation.h"

namespace cromwell::api {

inline constexpr float kOpenAiTemperature = 1.0F;  // what OpenAI's clients take for the default
inline constexpr int kOpenAiMaxTokens = 16;

using Prompt = std::variant<std::string, std::vector<engine::TokenId>>;

struct StreamOptions {
  bool include_usage = false;
};

struct CompletionBody {
  Prompt prompt;
  std::string suffix;  // empty: none
  int max_tokens = kOpenAiMaxTokens;
  engine::SamplingOptions sampling{.temperature = kOpenAiTemperature};
  std::vector<std::string> stop;
  std::optional<std::string> lora;
  std::optional<std::string> prediction;
  Guided guided;
  int n = 1;
  bool echo = false;
  std::optional<int> logprobs;
  bool stream = false;
  StreamOptions stream_options;
  bool ignore_eos = false;
  bool return_token_ids = false;
  bool return_progress = false;
  std::string session;
  engine::Priority priority = engine::Priority::kNormal;
  bool replace_waiting = false;
  std::string model;
  std::string user;
  int max_prompt_ms = 0;
  int max_predict_ms = 0;
};

const FieldTable<CompletionBody>& completion_fields();
// The field `prompt`: text, token ids, or a list that holds one of either.
JsonOut prompt_schema();
base::Result<Prompt> read_prompt(const JsonIn& value, const std::string& path);
const FieldTable<StreamOptions>& stream_option_fields();

}  // namespace cromwell::api
