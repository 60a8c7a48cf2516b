// What chat templates with tools say in their prompts: which tools there are, which calls were
// made and what they gave. Pure functions; any thread. Not here: where that stands in the
// conversation (chat_render), and reading calls out of an answer (api/tool_call_reader).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/chat_render.h"
#include "tokenizer/chat_template.h"

namespace cromwell::tokenizer {

// Qwen 2.5, Qwen 3 and models tuned as Hermes is: <tool_call>\n{...}\n</tool_call>.
inline constexpr ToolForm kTaggedTools{.name = "<tool_call>",
                                       .open = "<tool_call>",
                                       .close = "</tool_call>",
                                       .arguments = "arguments",
                                       .several = true,
                                       .indent = 0};
// Llama 3.1 to 3.3: the answer is one object, {"name": ..., "parameters": ...}.
inline constexpr ToolForm kPlainTools{.name = "Llama 3.1",
                                      .open = "",
                                      .close = "",
                                      .arguments = "parameters",
                                      .several = false,
                                      .indent = 4};

// The form of a template's text, by the sentences that introduce tools; null: none that we know.
const ToolForm* tool_form_of(std::string_view text);

// What is said of the tools: behind the system message, or before the first question.
std::string introduce_tagged(const std::vector<std::string>& tools);
std::string introduce_plain(const std::vector<std::string>& tools);

std::string tagged_calls(const std::vector<ToolCall>& calls);  // one a line
std::string plain_call(const ToolCall& call);
std::string tagged_result(std::string_view content);
std::string plain_result(std::string_view content);

}  // namespace cromwell::tokenizer
