// POST /v1/complete on the wire: text is filled in at a place of a file. Not here: the place
// (edit/fill_place) and the prompt (edit/fill_prompt). Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answer_format.h"
#include "api/field_table.h"
#include "edit/fill_place.h"
#include "engine/generation.h"

namespace cromwell::api {

struct CompleteBody {
  edit::FillPlace place;
  std::optional<int> context;  // tokens of the prompt; none: what the model's context holds
  int max_tokens = 128;
  engine::SamplingOptions sampling{.temperature = 0.2F, .top_p = 0.95F};
  std::vector<std::string> stop;
  std::optional<std::string> lora;
  engine::Priority priority = engine::Priority::kInteractive;
  std::string session;
  std::optional<bool> stream;  // if given, beats the Accept header
  std::string model;
  int max_prompt_ms = 0;
  int max_predict_ms = 0;
};

// What an answer says of the place beside the text.
struct CompleteStart {
  std::string id, model, session, file;
  int line = 1, column = 0;
  std::vector<std::string> context_used, context_dropped;
};

const FieldTable<CompleteBody>& complete_fields();
std::unique_ptr<AnswerFormat> make_complete_format(CompleteStart start);
void add_complete_schemas(JsonOut& all);

}  // namespace cromwell::api
