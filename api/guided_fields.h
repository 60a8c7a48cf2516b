// What a request says about the form of its answer: response_format as OpenAI's clients write it,
// guided_regex and guided_choice as vLLM's do. Each becomes a pattern that the answer must match,
// which may take long: not while the fields are read, but on threads that no connection waits for.
// Not here: how the engine holds the answer to it (engine/pattern_constraint). Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "api/call.h"
#include "api/field_table.h"
#include "engine/constraint.h"
#include "engine/pattern.h"

namespace cromwell::api {

// Makes what a field asks for; its fault names the field.
using PatternMaker = std::function<base::Result<engine::Pattern>()>;

struct Guided {
  std::optional<PatternMaker> format, regex, choice, calls;  // at most one
  bool is_asked_for() const { return format || regex || choice || calls; }
};

// {"type": "text" | "json_object" | "json_schema"}; none for text.
base::Result<std::optional<PatternMaker>> read_response_format(const JsonIn& value,
                                                               const std::string& path);
JsonOut response_format_schema();
base::Result<std::optional<PatternMaker>> read_guided_regex(const JsonIn& value,
                                                            const std::string& path);
JsonOut guided_regex_schema();
base::Result<std::optional<PatternMaker>> read_guided_choice(const JsonIn& value,
                                                             const std::string& path);
JsonOut guided_choice_schema();
PatternMaker any_object();
PatternMaker schema_pattern(JsonIn schema, std::string path);

template <class Struct>
void add_guided(FieldTable<Struct>& table, Guided Struct::* guided) {
  const auto member = [guided](auto pointer) {
    return [guided, pointer](Struct& body) -> auto& { return (body.*guided).*pointer; };
  };
  table
      .custom("response_format", member(&Guided::format), response_format_schema(),
              read_response_format)
      .custom("guided_regex", member(&Guided::regex), guided_regex_schema(), read_guided_regex)
      .custom("guided_choice", member(&Guided::choice), guided_choice_schema(), read_guided_choice);
}

// Null where nothing is asked for; kInvalidRequest where two things are, or the pattern is too
// large.
base::Result<std::unique_ptr<engine::Constraint>> constraint_of(ServiceState& service,
                                                                const Guided& guided);

// Goes on with a request: at once, or, where the form of its answer has to be made first, on the
// service's threads for that; there may wait only so many.
template <class Body>
void go_on(Call call, Body body, bool is_guided, void (*rest)(Call, Body)) {
  if (!is_guided) return rest(std::move(call), std::move(body));
  ServiceState& service = *call.service;
  service.forms.post(std::move(call),
                     [rest, body = std::move(body)](const Call& posted) { rest(posted, body); });
}

}  // namespace cromwell::api
