// POST /completion and /infill in llama-server's shape: the requests as structs with their field
// tables. Not here: the answer (api/llama_format). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/completion_wire.h"
#include "api/field_table.h"
#include "api/guided_fields.h"
#include "edit/fill_prompt.h"
#include "engine/generation.h"

namespace cromwell::api {

// What both have.
struct LlamaOptions {
  // llama-server's own defaults.
  engine::SamplingOptions sampling{
      .temperature = 0.8F, .top_k = 40, .top_p = 0.95F, .min_p = 0.05F};
  std::int64_t seed = -1;  // -1: random
  std::optional<std::vector<std::string>> samplers;
  int n_predict = -1;  // -1: what the context holds
  int n_cmpl = 1;
  int n_probs = 0;
  int n_indent = 0;
  int max_predict_ms = 0;
  std::vector<std::string> stop;
  Guided guided;
  bool stream = false;
  bool ignore_eos = false;
  bool return_tokens = false;
  bool return_progress = false;
  bool timings_per_token = false;
  std::vector<std::string> response_fields;
  std::string model;
};

struct LlamaBody {
  Prompt prompt;
  LlamaOptions options;
};

struct InfillBody {
  std::string input_prefix;
  std::string input_suffix;
  std::vector<edit::FillNote> input_extra;
  std::string prompt;  // the beginning of the place's line
  LlamaOptions options;
};

const FieldTable<LlamaBody>& llama_completion_fields();
const FieldTable<InfillBody>& infill_fields();

// What is sampled with: the cuts that `samplers` names, all of them where it is absent.
engine::SamplingOptions sampling_of(const LlamaOptions& options);

// [[id, bias], ...] or {"id": bias}; false for a bias is never.
base::Result<std::vector<engine::LogitBias>> read_llama_bias(const JsonIn& value,
                                                             const std::string& path);

}  // namespace cromwell::api
