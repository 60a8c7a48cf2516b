// What a conversation with tools asks of the model's chat template and of its answer. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/service.h"
#include "api/tool_call_reader.h"
#include "api/tool_wire.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

// The tools as the template shows them. kInvalidRequest where it has no tools and the request or a
// message speaks of them, where it cannot lay the conversation out, or where the choice is of a
// tool that is not there.
base::Result<std::vector<std::string>> tool_texts(
    const ServiceParts& parts, const std::vector<tokenizer::ChatMessage>& messages,
    const ToolFields& fields);

// Reads calls out of an answer; none where no tools are offered.
std::optional<ToolCallReader> call_reader(const ServiceParts& parts, const ToolFields& fields);

// The answer ends behind its first call, where it may have only one.
void end_after_calls(const ServiceParts& parts, const ToolFields& fields,
                     std::vector<std::string>& stop);

}  // namespace cromwell::api
