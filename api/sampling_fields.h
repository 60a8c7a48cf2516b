// The fields that every generating endpoint shares. Not here: how they sample and who goes first
// (engine/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/content_parts.h"
#include "api/field_table.h"
#include "api/limits.h"
#include "engine/generation.h"

namespace cromwell::api {

base::Result<engine::Priority> read_priority(const JsonIn& value, const std::string& path);

// {"token id": bias}.
base::Result<std::vector<engine::LogitBias>> read_logit_bias(const JsonIn& value,
                                                             const std::string& path);
JsonOut logit_bias_schema();
base::Result<int> read_mirostat(const JsonIn& value, const std::string& path);

// Which tokens may be drawn. `get` is a function from Struct& to engine::SamplingOptions.
template <class Struct, class Get>
void add_cuts(FieldTable<Struct>& table, Get get) {
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
      .number("typical_p", member(&SamplingOptions::typical_p), {0, 1},
              "Sample from the tokens whose surprise is nearest to the expected one, with this "
              "much probability; 1 is off.")
      .number("top_n_sigma", member(&SamplingOptions::top_n_sigma), {-1, kMaxSigmas},
              "Leave out tokens whose logit is further below the largest than this many standard "
              "deviations of all; 0 and -1 are off.");
}

template <class Struct, class Get>
void add_seed(FieldTable<Struct>& table, Get get) {
  table.template integer<std::uint64_t>(
      "seed", [get](Struct& body) -> auto& { return get(body).seed; }, {},
      "Makes sampling repeatable. null is random; the answer reports the seed in use.");
}

// What makes tokens more or less likely.
template <class Struct, class Get>
void add_penalties(FieldTable<Struct>& table, Get get) {
  using engine::SamplingOptions;
  const auto member = [get](auto pointer) {
    return [get, pointer](Struct& body) -> auto& { return get(body).*pointer; };
  };
  table
      .number("repetition_penalty", member(&SamplingOptions::repetition_penalty),
              {kMinRepetitionPenalty, kMaxRepetitionPenalty},
              "Above 1, tokens that were there before become less likely; 1 is off.")
      .number("frequency_penalty", member(&SamplingOptions::frequency_penalty),
              {-kMaxOpenAiPenalty, kMaxOpenAiPenalty},
              "Taken off a token's logit for each time it was generated; 0 is off.")
      .number("presence_penalty", member(&SamplingOptions::presence_penalty),
              {-kMaxOpenAiPenalty, kMaxOpenAiPenalty},
              "Taken off a token's logit once it was generated; 0 is off.")
      .custom("logit_bias", member(&SamplingOptions::logit_bias), logit_bias_schema(),
              read_logit_bias);
}

// DRY and mirostat, as llama-server's clients name them.
template <class Struct, class Get>
void add_dry_and_mirostat(FieldTable<Struct>& table, Get get) {
  using engine::DryOptions;
  using engine::MirostatOptions;
  const auto dry = [get](auto pointer) {
    return [get, pointer](Struct& body) -> auto& { return get(body).dry.*pointer; };
  };
  const auto mirostat = [get](auto pointer) {
    return [get, pointer](Struct& body) -> auto& { return get(body).mirostat.*pointer; };
  };
  table
      .number("dry_multiplier", dry(&DryOptions::multiplier), {0, kMaxDryMultiplier},
              "Tokens that would make a repetition longer become less likely by this much, "
              "times dry_base for each token over dry_allowed_length; 0 is off.")
      .number("dry_base", dry(&DryOptions::base), {1, kMaxDryBase}, "See dry_multiplier.")
      .template integer<int>("dry_allowed_length", dry(&DryOptions::allowed_length), {1, kMaxInt},
                             "Repetitions of fewer tokens cost nothing.")
      .template integer<int>("dry_penalty_last_n", dry(&DryOptions::range), {-1, kMaxInt},
                             "How many of the last tokens are looked at; -1: all.")
      .texts("dry_sequence_breakers", dry(&DryOptions::sequence_breakers), {0, kMaxBreakers},
             {1, kMaxStopBytes}, "A token that holds one of these ends a repetition.")
      .custom("mirostat", mirostat(&MirostatOptions::version),
              schema::one_of_integers({0, 2},
                                      "2: hold the surprise of the drawn tokens at mirostat_tau, "
                                      "in the place of the other cuts; 0 is off."),
              read_mirostat)
      .number("mirostat_tau", mirostat(&MirostatOptions::tau), {0, kMaxMirostatTau},
              "The surprise that is aimed at, in bits.")
      .number("mirostat_eta", mirostat(&MirostatOptions::eta), {0, 1},
              "How fast a deviation from mirostat_tau is corrected.");
}

template <class Struct, class Get>
void add_sampling(FieldTable<Struct>& table, Get get) {
  add_cuts(table, get);
  add_seed(table, get);
  add_penalties(table, get);
  add_dry_and_mirostat(table, get);
}

// `priority`; `get` is a function from Struct& to it, or a member pointer.
template <class Struct, class Get>
void add_priority(FieldTable<Struct>& table, Get get, const char* fresh = "normal") {
  JsonOut entry = schema::one_of_texts({"interactive", "normal", "background"},
                                       "Who goes first where not all can at once.");
  entry["default"] = fresh;
  table.custom("priority", get, std::move(entry), read_priority);
}

// -1 is how some clients say that a cut is off.
inline void normalise(engine::SamplingOptions& sampling) {
  if (sampling.top_k < 0) sampling.top_k = 0;
  if (sampling.top_n_sigma < 0) sampling.top_n_sigma = 0;
}

// The adapter's number is found by engine::find_adapter.
template <class Struct>
void add_lora(FieldTable<Struct>& table, std::optional<std::string> Struct::* lora) {
  table.text("lora", lora, {1, kMaxNameBytes},
             "Name of a LoRA adapter that the daemon was started with (--lora), or \"none\". "
             "Default: the first that is made for such requests (an edit: the task \"edit\"), else "
             "the first that is made for no task, else none.");
}

template <class Struct>
void add_stop(FieldTable<Struct>& table, std::vector<std::string> Struct::* stop) {
  table.texts("stop", stop, {0, kMaxStops}, {1, kMaxStopBytes},
              "The text ends before the first of these.");
}

template <class Struct>
void add_prediction(FieldTable<Struct>& table, std::optional<std::string> Struct::* prediction) {
  table.custom("prediction", prediction,
               prediction_schema("What the answer is expected to be. It makes the answer come "
                                 "faster where it is right and never changes it."),
               read_prediction);
}

}  // namespace cromwell::api
