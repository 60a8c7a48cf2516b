// Tools on the wire, as OpenAI's and Ollama's clients write them: which there are, whether one must
// be called, and the calls of earlier messages. Not here: what the model is told of them
// (api/tool_prompt) and its calls (api/tool_call_reader). Any thread.
#pragma once

#include <string>
#include <vector>

#include "api/field_table.h"
#include "api/json_reader.h"
#include "tokenizer/chat_template.h"

namespace cromwell::api {

struct Tool {
  std::string name;
  bool strict = false;
  JsonIn parameters;  // a JSON schema; null: there are none
  JsonIn whole;       // as it was sent
};

struct ToolChoice {
  enum class Rule { kAuto, kNone, kRequired };
  Rule rule = Rule::kAuto;
  std::string name;  // with kRequired: the one to call; empty: any
};

struct ToolFields {
  std::vector<Tool> tools;
  ToolChoice choice;
  bool parallel = true;

  bool are_offered() const { return !tools.empty() && choice.rule != ToolChoice::Rule::kNone; }
  bool must_call() const { return choice.rule == ToolChoice::Rule::kRequired; }
};

base::Result<std::vector<Tool>> read_tools(const JsonIn& value, const std::string& path);
JsonOut tools_schema();
base::Result<ToolChoice> read_tool_choice(const JsonIn& value, const std::string& path);
JsonOut tool_choice_schema();

// The calls of an assistant's message; the arguments are an object, or its text.
base::Result<std::vector<tokenizer::ToolCall>> read_tool_calls(const JsonIn& value,
                                                               const std::string& path);
JsonOut tool_calls_schema();

template <class Struct>
void add_tools(FieldTable<Struct>& table, ToolFields Struct::* fields) {
  table.custom(
      "tools", [fields](Struct& body) -> auto& { return (body.*fields).tools; }, tools_schema(),
      read_tools);
}

template <class Struct>
void add_tool_choice(FieldTable<Struct>& table, ToolFields Struct::* fields) {
  table
      .custom(
          "tool_choice", [fields](Struct& body) -> auto& { return (body.*fields).choice; },
          tool_choice_schema(), read_tool_choice)
      .boolean(
          "parallel_tool_calls",
          [fields](Struct& body) -> auto& { return (body.*fields).parallel; },
          "One answer may hold several calls, where the chat template has that.");
}

}  // namespace cromwell::api
