#include "tokenizer/chat_template_tools.h"

#include <nlohmann/json.hpp>

namespace cromwell::tokenizer {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string call_object(const ToolCall& call, const ToolForm& form) {
  std::string text = "{\"name\": \"" + call.name + "\", \"";
  return text.append(form.arguments).append("\": ").append(call.arguments).append("}");
}

}  // namespace

const ToolForm* tool_form_of(std::string_view text) {
  const bool is_tagged =
      contains(text,
               "# Tools\\n\\nYou may call one or more functions to assist with the user query.") &&
      contains(text, "{\\\"name\\\": <function-name>, \\\"arguments\\\": <args-json-object>}") &&
      contains(text, "<tool_response>");
  if (is_tagged) return &kTaggedTools;
  const bool is_plain =
      contains(text, "Environment: ipython") &&
      contains(text,
               "Given the following functions, please respond with a JSON for a function call ") &&
      contains(text, "tools_in_user_message = true") && contains(text, "tojson(indent=4)");
  return is_plain ? &kPlainTools : nullptr;
}

std::string introduce_tagged(const std::vector<std::string>& tools) {
  std::string text =
      "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
      "You are provided with function signatures within <tools></tools> XML tags:\n<tools>";
  for (const std::string& tool : tools) text.append("\n").append(tool);
  text +=
      "\n</tools>\n\nFor each function call, return a json object with function name and arguments "
      "within <tool_call></tool_call> XML tags:\n<tool_call>\n"
      "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";
  return text;
}

std::string introduce_plain(const std::vector<std::string>& tools) {
  std::string text =
      "Given the following functions, please respond with a JSON for a function call with its "
      "proper arguments that best answers the given prompt.\n\n"
      "Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name "
      "and its value}.Do not use variables.\n\n";
  for (const std::string& tool : tools) text.append(tool).append("\n\n");
  return text;
}

std::string tagged_calls(const std::vector<ToolCall>& calls) {
  std::string text;
  for (const ToolCall& call : calls) {
    if (!text.empty()) text += "\n";
    text.append(kTaggedTools.open).append("\n").append(call_object(call, kTaggedTools));
    text.append("\n").append(kTaggedTools.close);
  }
  return text;
}

std::string plain_call(const ToolCall& call) { return call_object(call, kPlainTools); }

std::string tagged_result(std::string_view content) {
  return "\n<tool_response>\n" + std::string(content) + "\n</tool_response>";
}

std::string plain_result(std::string_view content) {
  return nlohmann::json(content).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace cromwell::tokenizer
