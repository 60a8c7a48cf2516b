#include "api/llama_wire.h"

#include <algorithm>
#include <limits>

#include "api/limits.h"
#include "api/sampling_fields.h"

namespace cromwell::api {
namespace {

// llama-server's "infill" sampler keeps tokens of at least this probability; as a part of the
// likeliest one's it does nearly the same.
constexpr float kInfillMinP = 0.2F;
constexpr std::int64_t kMaxSeed = std::numeric_limits<std::int64_t>::max();

const FieldTable<edit::FillNote>& extra_fields() {
  using edit::FillNote;
  static const auto table =
      FieldTable<FillNote>()
          .text("filename", &FillNote::name, {0, kMaxPathBytes}, "Where the text is from.")
          .text("text", &FillNote::text, {0, kMaxPromptBytes}, "The text.")
          .required();
  return table;
}

base::Result<std::optional<PatternMaker>> read_schema(const JsonIn& value,
                                                      const std::string& path) {
  return std::optional(schema_pattern(value, path));
}

JsonOut llama_bias_schema() {
  JsonOut id = schema::integer();
  id["minimum"] = 0;
  JsonOut bias = schema::number();
  bias["minimum"] = -kMaxLogitBias;
  bias["maximum"] = kMaxLogitBias;
  JsonOut never;
  never["enum"] = {false};
  JsonOut pair = schema::of("array", {});
  pair["prefixItems"] = {std::move(id), schema::any_of({std::move(bias), std::move(never)})};
  pair["minItems"] = 2;
  pair["maxItems"] = 2;
  JsonOut pairs = schema::list(std::move(pair));
  pairs["maxItems"] = kMaxLogitBiases;
  return schema::any_of({std::move(pairs), logit_bias_schema()},
                        "[token id, bias] each, or an object; false is never.");
}

template <class Body, class Get>
void add_ends(FieldTable<Body>& table, Get of) {
  table
      .template integer<int>("n_predict", of(&LlamaOptions::n_predict), {-2, kMaxInt},
                             "How many tokens at most; -1 and -2: what the context holds; 0 only "
                             "reads the prompt into memory, while nobody waits for something.")
      .texts("stop", of(&LlamaOptions::stop), {0, kMaxStops}, {1, kMaxStopBytes},
             "The text ends before the first of these.")
      .template integer<int>("n_indent", of(&LlamaOptions::n_indent), {0, kMaxInt},
                             "The text ends before a line that is indented less.")
      .template integer<int>("t_max_predict_ms", of(&LlamaOptions::max_predict_ms), {0, kMaxInt},
                             "The text ends at the first end of a line after this time; 0 is no "
                             "limit.")
      .boolean("ignore_eos", of(&LlamaOptions::ignore_eos), "Go on where the model would end.");
}

template <class Body, class Get>
void add_answer(FieldTable<Body>& table, Get of) {
  table.boolean("stream", of(&LlamaOptions::stream), "Answer with server-sent events.")
      .template integer<int>("n_cmpl", of(&LlamaOptions::n_cmpl), {1, kMaxChoices},
                             "How many answers; with more than one they come as a list.")
      .template integer<int>("n_probs", of(&LlamaOptions::n_probs), {0, kMaxLogprobs},
                             "Add log-probabilities of so many of the likeliest tokens.")
      .boolean("return_tokens", of(&LlamaOptions::return_tokens), "Add the token ids.")
      .boolean("return_progress", of(&LlamaOptions::return_progress),
               "With stream: prompt_progress while a long prompt is read.")
      .boolean("timings_per_token", of(&LlamaOptions::timings_per_token),
               "With stream: accepted; times are in the last event.")
      .texts("response_fields", of(&LlamaOptions::response_fields), {0, kMaxResponseFields},
             {0, kMaxNameBytes},
             "Only these members of the answer; one within another is named with slashes and "
             "comes under that name: \"timings/predicted_n\".")
      .text("model", of(&LlamaOptions::model), {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.");
}

template <class Body>
void add_options(FieldTable<Body>& table) {
  const auto of = [](auto member) {
    return [member](Body& body) -> auto& { return body.options.*member; };
  };
  const auto sampling = [](Body& body) -> auto& { return body.options.sampling; };
  const auto penalty = [](Body& body) -> auto& { return body.options.sampling.repetition_penalty; };
  add_ends(table, of);
  add_answer(table, of);
  add_cuts(table, sampling);
  add_dry_and_mirostat(table, sampling);
  table
      .template integer<std::int64_t>("seed", of(&LlamaOptions::seed), {-1, kMaxSeed},
                                      "Makes sampling repeatable; -1 is random.")
      .number("repeat_penalty", penalty, {kMinRepetitionPenalty, kMaxRepetitionPenalty},
              "Above 1, tokens that were there before become less likely; 1 is off.")
      .number(
          "frequency_penalty",
          [](Body& body) -> auto& { return body.options.sampling.frequency_penalty; },
          {-kMaxOpenAiPenalty, kMaxOpenAiPenalty}, "As in /v1/completions.")
      .number(
          "presence_penalty",
          [](Body& body) -> auto& { return body.options.sampling.presence_penalty; },
          {-kMaxOpenAiPenalty, kMaxOpenAiPenalty}, "As in /v1/completions.")
      .custom(
          "logit_bias", [](Body& body) -> auto& { return body.options.sampling.logit_bias; },
          llama_bias_schema(), read_llama_bias)
      .texts("samplers", of(&LlamaOptions::samplers), {0, kMaxSamplers}, {0, kMaxNameBytes},
             "Which cuts are made: top_k, top_p, min_p, typ_p, top_n_sigma, temperature, "
             "penalties, dry, infill; their order is always the engine's own. Without it, all that "
             "are set.")
      .custom(
          "json_schema", [](Body& body) -> auto& { return body.options.guided.format; },
          schema::of("object", "The answer is JSON that this schema allows."), read_schema)
      .only("grammar", {""}, "Not supported: json_schema says what an answer must be.");
}

base::Result<engine::LogitBias> read_bias_pair(const JsonIn& value, const std::string& path) {
  const bool is_pair = value.is_array() && value.size() == 2;
  if (!is_pair) return wrong_value(path, "a token id and a bias", value);
  engine::LogitBias bias{.bias = -static_cast<float>(kMaxLogitBias)};
  CROMWELL_ASSIGN(bias.token, read_integer<engine::TokenId>(value[0], path + "[0]", {.min = 0}));
  if (value[1] == false) return bias;
  CROMWELL_ASSIGN(const double number,
                  read_number(value[1], path + "[1]", {-kMaxLogitBias, kMaxLogitBias}));
  bias.bias = static_cast<float>(number);
  return bias;
}

}  // namespace

base::Result<std::vector<engine::LogitBias>> read_llama_bias(const JsonIn& value,
                                                             const std::string& path) {
  if (!value.is_array()) return read_logit_bias(value, path);
  if (value.size() > kMaxLogitBiases) {
    return wrong_value(path, "at most " + std::to_string(kMaxLogitBiases) + " tokens",
                       std::to_string(value.size()) + " of them");
  }
  std::vector<engine::LogitBias> biases;
  for (std::size_t i = 0; i < value.size(); ++i) {
    CROMWELL_ASSIGN(const engine::LogitBias bias,
                    read_bias_pair(value[i], path + "[" + std::to_string(i) + "]"));
    // The last of a token counts, as there.
    std::erase_if(biases, [&](const engine::LogitBias& one) { return one.token == bias.token; });
    biases.push_back(bias);
  }
  return biases;
}

const FieldTable<LlamaBody>& llama_completion_fields() {
  static const auto table = [] {
    FieldTable<LlamaBody> fields;
    fields.custom("prompt", &LlamaBody::prompt, prompt_schema(), read_prompt).required();
    add_options(fields);
    return fields;
  }();
  return table;
}

const FieldTable<InfillBody>& infill_fields() {
  static const auto table = [] {
    FieldTable<InfillBody> fields;
    fields
        .text("input_prefix", &InfillBody::input_prefix, {0, kMaxPromptBytes},
              "The text before the place, up to its line.")
        .text("input_suffix", &InfillBody::input_suffix, {0, kMaxPromptBytes},
              "The text after the place.")
        .objects("input_extra", &InfillBody::input_extra, extra_fields(), {0, kMaxInputExtra},
                 "Parts of other files, likeliest to matter last; they go first where not all "
                 "fits.")
        .text("prompt", &InfillBody::prompt, {0, kMaxPromptBytes},
              "The beginning of the place's line.");
    add_options(fields);
    return fields;
  }();
  return table;
}

engine::SamplingOptions sampling_of(const LlamaOptions& options) {
  engine::SamplingOptions sampling = options.sampling;
  normalise(sampling);
  if (options.seed >= 0) sampling.seed = static_cast<std::uint64_t>(options.seed);
  if (!options.samplers) return sampling;
  const auto has = [&](const char* name) {
    return std::find(options.samplers->begin(), options.samplers->end(), name) !=
           options.samplers->end();
  };
  const engine::SamplingOptions off{.temperature = 1};
  if (!has("temperature")) sampling.temperature = off.temperature;
  if (!has("top_k")) sampling.top_k = off.top_k;
  if (!has("top_p")) sampling.top_p = off.top_p;
  if (!has("min_p")) sampling.min_p = off.min_p;
  if (!has("typ_p")) sampling.typical_p = off.typical_p;
  if (!has("top_n_sigma")) sampling.top_n_sigma = off.top_n_sigma;
  if (!has("dry")) sampling.dry = off.dry;
  if (!has("penalties")) {
    sampling.repetition_penalty = off.repetition_penalty;
    sampling.frequency_penalty = off.frequency_penalty;
    sampling.presence_penalty = off.presence_penalty;
  }
  if (has("infill")) sampling.min_p = std::max(sampling.min_p, kInfillMinP);
  return sampling;
}

}  // namespace cromwell::api
