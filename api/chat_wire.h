// POST /v1/chat/completions in OpenAI's shape: the request as a struct with its field table. Not
// here: the answer (api/chat_shape) and the prompt's form (tokenizer/chat_template). Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/completion_wire.h"
#include "api/field_table.h"
#include "api/tool_wire.h"
#include "engine/generation.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

struct ChatBody {
  std::vector<tokenizer::ChatMessage> messages;
  ToolFields tools;
  std::optional<int> max_tokens;  // none: what the context holds
  std::optional<int> n_predict;   // the same; -1 is none
  engine::SamplingOptions sampling{.temperature = kOpenAiTemperature};
  std::vector<std::string> stop;
  std::optional<std::string> lora;
  std::optional<std::string> prediction;
  Guided guided;
  int n = 1;
  bool logprobs = false;
  int top_logprobs = 0;
  bool stream = false;
  StreamOptions stream_options;
  bool ignore_eos = false;
  bool return_token_ids = false;
  bool return_progress = false;
  std::string session;
  engine::Priority priority = engine::Priority::kNormal;
  std::string model;
  std::string user;
  int max_prompt_ms = 0;
  int max_predict_ms = 0;
};

const FieldTable<ChatBody>& chat_fields();
// Content may be missing only beside calls of tools.
base::Result<std::vector<tokenizer::ChatMessage>> read_messages(const JsonIn& value,
                                                                const std::string& path);
JsonOut messages_schema(std::string_view description);
base::Result<std::string> read_role(const JsonIn& value, const std::string& path);
JsonOut role_schema();
// How many tokens the answer may have.
int chat_cap(const ChatBody& body);

}  // namespace cromwell::api
