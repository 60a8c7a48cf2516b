#include "api/tool_pattern.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/json_schema.h"
#include "engine/json_pattern.h"

namespace cromwell::api {
namespace {

using engine::Pattern;
using tokenizer::ToolForm;

// A tool that is not strict may have a schema with keywords that we cannot hold to: its arguments
// are then an object of any kind.
base::Result<Pattern> arguments_pattern(const Tool& tool, const std::string& path) {
  if (tool.parameters.is_null()) return engine::literal("{}");
  const bool is_free = !tool.parameters.contains("type") &&
                       !tool.parameters.contains("properties") &&
                       !tool.parameters.contains("$ref") && !tool.parameters.contains("anyOf");
  if (is_free) return engine::json_object();
  auto pattern = read_json_schema(tool.parameters, path);
  if (!pattern && !tool.strict) return engine::json_object();
  return pattern;
}

base::Result<Pattern> call_pattern(const ToolForm& form, const std::vector<Tool>& tools,
                                   const std::string& name) {
  std::vector<Pattern> calls;
  for (std::size_t i = 0; i < tools.size(); ++i) {
    if (!name.empty() && tools[i].name != name) continue;
    std::string path = "tools[";
    path.append(std::to_string(i)).append("].function.parameters");
    CROMWELL_ASSIGN(Pattern arguments, arguments_pattern(tools[i], path));
    std::string head = "{\"name\": \"";
    head.append(tools[i].name).append("\", \"").append(form.arguments).append("\": ");
    calls.push_back(
        engine::sequence({engine::literal(head), std::move(arguments), engine::literal("}")}));
  }
  if (form.open.empty()) return engine::choice(std::move(calls));
  return engine::sequence({engine::literal(form.open), engine::literal("\n"),
                           engine::choice(std::move(calls)), engine::literal("\n"),
                           engine::literal(form.close)});
}

base::Result<Pattern> calls_pattern(const ToolForm& form, const ToolFields& fields) {
  CROMWELL_ASSIGN(Pattern call, call_pattern(form, fields.tools, fields.choice.name));
  if (!form.several || !fields.parallel) return call;
  return engine::separated(std::move(call), engine::literal("\n"));
}

// What an answer without a call may be, or have before one.
Pattern text_pattern(const ToolForm& form) {
  if (form.open.empty()) return engine::not_beginning_with("{\"name\": \"");
  return engine::without(form.open);
}

// Text, calls, or both where the form can tell them apart.
Pattern free_pattern(const ToolForm& form, Pattern calls) {
  if (form.open.empty()) return engine::choice({std::move(calls), text_pattern(form)});
  return engine::sequence({text_pattern(form), engine::optional(std::move(calls))});
}

}  // namespace

void guide_calls(const ToolForm& form, const ToolFields& fields, Guided& guided) {
  if (!fields.are_offered()) return;
  const bool is_strict = std::any_of(fields.tools.begin(), fields.tools.end(),
                                     [](const Tool& tool) { return tool.strict; });
  if (fields.must_call()) {
    guided.format.reset();  // of texts, and there will be none
    guided.calls = [form, fields] { return calls_pattern(form, fields); };
  } else if (guided.format) {
    guided.format = [form, fields, format = std::move(*guided.format)]() -> base::Result<Pattern> {
      CROMWELL_ASSIGN(Pattern answer, format());
      CROMWELL_ASSIGN(Pattern calls, calls_pattern(form, fields));
      return engine::choice({std::move(answer), std::move(calls)});
    };
  } else if (is_strict) {
    guided.calls = [form, fields]() -> base::Result<Pattern> {
      CROMWELL_ASSIGN(Pattern calls, calls_pattern(form, fields));
      return free_pattern(form, std::move(calls));
    };
  }
}

}  // namespace cromwell::api
