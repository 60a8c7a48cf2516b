// The texts that an answer with calls of tools may have, as a pattern that the engine holds it to.
// Any thread.
#pragma once

#include "api/guided_fields.h"
#include "api/tool_wire.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

// Sets guided.calls where the request must call, or where a tool is strict; a response_format is
// then the other form that the answer may have, where it need not call.
void guide_calls(const tokenizer::ToolForm& form, const ToolFields& fields, Guided& guided);

}  // namespace cromwell::api
