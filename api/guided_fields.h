// What a request says about the form of its answer: response_format as OpenAI's clients write it,
// guided_regex and guided_choice as vLLM's do. Each becomes a pattern that the answer must match.
// Not here: how the engine holds the answer to it (engine/pattern_constraint). Any thread.
#pragma once

#include <memory>
#include <optional>

#include "api/field_table.h"
#include "engine/constraint.h"
#include "engine/pattern.h"

namespace cromwell::api {

struct ServiceState;

struct Guided {
  std::optional<engine::Pattern> format, regex, choice;  // at most one
};

// {"type": "text" | "json_object" | "json_schema"}; none for text.
base::Result<std::optional<engine::Pattern>> read_response_format(const JsonIn& value,
                                                                  const std::string& path);
JsonOut response_format_schema();
base::Result<std::optional<engine::Pattern>> read_guided_regex(const JsonIn& value,
                                                               const std::string& path);
JsonOut guided_regex_schema();
base::Result<std::optional<engine::Pattern>> read_guided_choice(const JsonIn& value,
                                                                const std::string& path);
JsonOut guided_choice_schema();

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

}  // namespace cromwell::api
