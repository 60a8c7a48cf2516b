#include "api/tool_prompt.h"

#include <algorithm>
#include <utility>

#include "api/spaced_json.h"

namespace cromwell::api {
namespace {

using tokenizer::ChatMessage;
using tokenizer::ToolForm;

base::Error refused(const std::string& path, const std::string& problem) {
  return {base::ErrorCode::kInvalidRequest, path + ": " + problem, path};
}

std::string without_tools(const ServiceParts& parts) {
  return "the chat template of " + parts.model_name + " (" +
         std::string(parts.chat_template.name()) +
         ") has no tools; Qwen 2.5, Qwen 3 and Llama 3.1 have, or start the daemon with "
         "--chat-template chatml-tools if the model was tuned on them";
}

base::Result<> check_messages(const ServiceParts& parts, const std::vector<ChatMessage>& messages) {
  const ToolForm* form = parts.chat_template.tools();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    const std::string path = "messages[" + std::to_string(i) + "]";
    const bool has_calls = !message.tool_calls.empty();
    if (form == nullptr && message.role == "tool") {
      return refused(path + ".role", without_tools(parts));
    }
    if (!has_calls) continue;
    if (form == nullptr) return refused(path + ".tool_calls", without_tools(parts));
    if (message.role != "assistant") {
      return refused(path + ".tool_calls", "expected in messages of the assistant only");
    }
    if (!form->several && message.tool_calls.size() > 1) {
      return refused(path + ".tool_calls", "the chat template of " + parts.model_name +
                                               " has one call in a message, got " +
                                               std::to_string(message.tool_calls.size()));
    }
  }
  return {};
}

base::Result<> check_choice(const ToolFields& fields) {
  const ToolChoice& choice = fields.choice;
  if (choice.rule != ToolChoice::Rule::kRequired) return {};
  if (fields.tools.empty()) return refused("tool_choice", "asks for a call, but there is no tool");
  const bool is_there = choice.name.empty() ||
                        std::any_of(fields.tools.begin(), fields.tools.end(),
                                    [&](const Tool& tool) { return tool.name == choice.name; });
  if (is_there) return {};
  return refused("tool_choice.function.name", "no tool is named \"" + choice.name + "\"");
}

}  // namespace

base::Result<std::vector<std::string>> tool_texts(const ServiceParts& parts,
                                                  const std::vector<ChatMessage>& messages,
                                                  const ToolFields& fields) {
  CROMWELL_TRY(check_messages(parts, messages));
  CROMWELL_TRY(check_choice(fields));
  std::vector<std::string> texts;
  if (!fields.are_offered()) return texts;
  const ToolForm* form = parts.chat_template.tools();
  if (form == nullptr) return refused("tools", without_tools(parts));
  const bool only_system = messages.size() == 1 && messages.front().role == "system";
  if (only_system && !form->several) {
    return refused("messages", "expected a message beside the system's: the chat template of " +
                                   parts.model_name + " shows tools in it");
  }
  for (const Tool& tool : fields.tools) texts.push_back(spaced_text(tool.whole, form->indent));
  return texts;
}

std::optional<ToolCallReader> call_reader(const ServiceParts& parts, const ToolFields& fields) {
  if (!fields.are_offered()) return std::nullopt;
  std::vector<std::string> names;
  for (const Tool& tool : fields.tools) names.push_back(tool.name);
  return ToolCallReader(*parts.chat_template.tools(), std::move(names));
}

void end_after_calls(const ServiceParts& parts, const ToolFields& fields,
                     std::vector<std::string>& stop) {
  if (!fields.are_offered() || fields.parallel) return;
  const ToolForm& form = *parts.chat_template.tools();
  if (form.several) stop.emplace_back(form.close);
}

}  // namespace cromwell::api
