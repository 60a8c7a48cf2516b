// GET /props and /slots and POST /apply-template on the wire. Any thread.
#pragma once

#include <vector>

#include "api/field_table.h"
#include "api/tool_wire.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

struct ApplyTemplateBody {
  std::vector<tokenizer::ChatMessage> messages;
  ToolFields tools;
  bool add_generation_prompt = true;
};

const FieldTable<ApplyTemplateBody>& apply_template_fields();
JsonOut props_schema();
JsonOut slots_schema();

}  // namespace cromwell::api
