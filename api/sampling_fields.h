// The fields that every generating endpoint shares. Not here: how they sample and who goes first
// (engine/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/field_table.h"
#include "api/limits.h"
#include "engine/generation.h"

namespace cromwell::api {

base::Result<engine::Priority> read_priority(const JsonIn& value, const std::string& path);

// The fields of engine::SamplingOptions; `get` is a function from Struct& to them.
template <class Struct, class Get>
void add_sampling(FieldTable<Struct>& table, Get get) {
  using engine::SamplingOptions;
  const auto member = [get](auto pointer) {
    return [get, pointer](Struct& body) -> auto& { return get(body).*pointer; };
  };
  table
      .number("temperature", member(&SamplingOptions::temperature), {0, kMaxTemperature},
              "0 always takes the most likely token; larger is more varied.")
      .number("top_p", member(&SamplingOptions::top_p), {0, 1},
              "Sample from the smallest set of tokens with this much probability; 1 is off.")
      .template integer<int>("top_k", member(&SamplingOptions::top_k), {-1, kMaxInt},
                             "Sample from this many of the likeliest tokens; 0 and -1 are off.")
      .number("min_p", member(&SamplingOptions::min_p), {0, 1},
              "Leave out tokens less likely than this part of the likeliest; 0 is off.")
      .number("repetition_penalty", member(&SamplingOptions::repetition_penalty),
              {kMinRepetitionPenalty, kMaxRepetitionPenalty},
              "Above 1, tokens that were there before become less likely; 1 is off.")
      .template integer<std::uint64_t>(
          "seed", member(&SamplingOptions::seed), {},
          "Makes sampling repeatable. null is random; the answer reports the seed in use.");
}

// `priority`; `get` is a function from Struct& to it, or a member pointer.
template <class Struct, class Get>
void add_priority(FieldTable<Struct>& table, Get get) {
  JsonOut entry = schema::one_of_texts({"interactive", "normal", "background"},
                                       "Who goes first where not all can at once.");
  entry["default"] = "normal";
  table.custom("priority", get, std::move(entry), read_priority);
}

// -1 is how some clients say that top_k is off.
inline void normalise(engine::SamplingOptions& sampling) {
  if (sampling.top_k < 0) sampling.top_k = 0;
}

// The adapter's number is found by engine::find_adapter.
template <class Struct>
void add_lora(FieldTable<Struct>& table, std::optional<std::string> Struct::* lora) {
  table.text("lora", lora, {1, kMaxNameBytes},
             "Name of a LoRA adapter that the daemon was started with (--lora), or \"none\". "
             "Default: the first of them, if there are any.");
}

template <class Struct>
void add_stop(FieldTable<Struct>& table, std::vector<std::string> Struct::* stop) {
  table.texts("stop", stop, {0, kMaxStops}, {1, kMaxStopBytes},
              "The text ends before the first of these.");
}

}  // namespace cromwell::api
