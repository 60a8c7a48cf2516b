#include "api/ollama_wire.h"

#include <limits>

#include "api/chat_wire.h"
#include "api/limits.h"
#include "api/sampling_fields.h"

namespace cromwell::api {
namespace {

using tokenizer::ChatMessage;

const FieldTable<OllamaOptions>& option_fields() {
  using Options = OllamaOptions;
  static const auto table = [] {
    FieldTable<Options> fields;
    add_cuts(fields, [](Options& options) -> auto& { return options.sampling; });
    const auto sampling = [](auto member) {
      return [member](Options& options) -> auto& { return options.sampling.*member; };
    };
    fields
        .integer<std::int64_t>("seed", &Options::seed, {},
                               "Makes sampling repeatable; below 0 is random.")
        .integer<int>("num_predict", &Options::num_predict, {-2, kMaxInt},
                      "How many tokens at most; -1 and -2: what the context holds.")
        .texts("stop", &Options::stop, {0, kMaxStops}, {1, kMaxStopBytes},
               "The text ends before the first of these.")
        .number("repeat_penalty", sampling(&engine::SamplingOptions::repetition_penalty),
                {kMinRepetitionPenalty, kMaxRepetitionPenalty},
                "Above 1, tokens that were there before become less likely; 1 is off.")
        .number("frequency_penalty", sampling(&engine::SamplingOptions::frequency_penalty),
                {-kMaxOpenAiPenalty, kMaxOpenAiPenalty}, "As in /v1/completions.")
        .number("presence_penalty", sampling(&engine::SamplingOptions::presence_penalty),
                {-kMaxOpenAiPenalty, kMaxOpenAiPenalty}, "As in /v1/completions.");
    return fields;
  }();
  return table;
}

const FieldTable<ChatMessage>& ollama_message_fields() {
  static const auto table =
      FieldTable<ChatMessage>()
          .custom("role", &ChatMessage::role, role_schema(), read_role)
          .required()
          .text("content", &ChatMessage::content, {0, kMaxPromptBytes}, "What is said.")
          .only("images", {JsonOut::array()}, "The model reads text alone.")
          .custom("tool_calls", &ChatMessage::tool_calls, tool_calls_schema(), read_tool_calls);
  return table;
}

JsonOut format_schema() {
  return schema::any_of(
      {schema::one_of_texts({"", "json"}), schema::of("object", {})},
      "\"json\": the answer is a JSON object; a JSON schema: one that it allows.");
}

template <class Body>
void add_common(FieldTable<Body>& table) {
  const auto common = [](auto member) {
    return [member](Body& body) -> auto& { return body.common.*member; };
  };
  table.object("options", common(&OllamaCommon::options), option_fields(), "How it is sampled.")
      .custom(
          "format", [](Body& body) -> auto& { return body.common.guided.format; }, format_schema(),
          read_ollama_format)
      .boolean("stream", common(&OllamaCommon::stream), "Answer with one JSON object a line.")
      .boolean("logprobs", common(&OllamaCommon::logprobs),
               "Add the log-probability of each token.")
      .template integer<int>("top_logprobs", common(&OllamaCommon::top_logprobs), {0, kMaxLogprobs},
                             "With logprobs: of so many of the likeliest too.")
      .text("model", common(&OllamaCommon::model), {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.")
      .only("think", {false}, "The model answers at once.");
}

}  // namespace

base::Result<std::optional<PatternMaker>> read_ollama_format(const JsonIn& value,
                                                             const std::string& path) {
  if (value == "") return std::optional<PatternMaker>();
  if (value == "json") return std::optional(any_object());
  if (!value.is_object()) {
    return wrong_value(path, R"("json" or a JSON schema)",
                       value.is_string() ? "another string" : std::string(value.type_name()));
  }
  return std::optional(schema_pattern(value, path));
}

const FieldTable<OllamaGenerateBody>& ollama_generate_fields() {
  using Body = OllamaGenerateBody;
  static const auto table = [] {
    FieldTable<Body> fields;
    fields
        .text("prompt", &Body::prompt, {0, kMaxPromptBytes},
              "What is asked; empty: nothing is generated.")
        .text("suffix", &Body::suffix, {0, kMaxPromptBytes},
              "Text after the place that is filled in behind the prompt.")
        .text("system", &Body::system, {0, kMaxPromptBytes}, "The system message.")
        .ids("context", &Body::context, {0, kMaxPromptTokens},
             "The context of an earlier answer, which this one goes on from.")
        .boolean("raw", &Body::raw, "The prompt is a text to continue, not a message.")
        .only("template", {""}, "The model's own template is used.")
        .only("images", {JsonOut::array()}, "The model reads text alone.");
    add_common(fields);
    return fields;
  }();
  return table;
}

const FieldTable<OllamaChatBody>& ollama_chat_fields() {
  using Body = OllamaChatBody;
  static const auto table = [] {
    FieldTable<Body> fields;
    fields.objects("messages", &Body::messages, ollama_message_fields(), {0, kMaxMessages},
                   "The conversation so far; empty: nothing is generated.");
    add_tools(fields, &Body::tools);
    add_common(fields);
    return fields;
  }();
  return table;
}

}  // namespace cromwell::api
