#include "api/completion_wire.h"

#include <utility>

#include "api/limits.h"
#include "api/sampling_fields.h"

namespace cromwell::api {
namespace {

constexpr TextRange kPromptText{0, kMaxPromptBytes};
constexpr ListRange kPromptIds{1, kMaxPromptTokens};

base::Result<Prompt> read_one_prompt(const JsonIn& value, const std::string& path) {
  if (value.is_string()) {
    CROMWELL_ASSIGN(std::string text, read_text(value, path, kPromptText));
    return Prompt(std::move(text));
  }
  CROMWELL_ASSIGN(std::vector<engine::TokenId> ids, read_ids(value, path, kPromptIds));
  return Prompt(std::move(ids));
}

FieldTable<CompletionBody> make_fields() {
  using Body = CompletionBody;
  FieldTable<Body> table;
  table.custom("prompt", &Body::prompt, prompt_schema(), read_prompt).required();
  table.text("suffix", &Body::suffix, {0, kMaxPromptBytes},
             "Text after the place that is filled in: with the model's own tokens for it, or as "
             "well as one without them can. Cut, as the prompt is then, to what the context "
             "holds; the answer says `truncated`.");
  table.integer<int>("max_tokens", &Body::max_tokens, {0, kMaxInt},
                     "A cap; it is cut to what the context holds. 0 only scores the prompt.");
  add_sampling(table, [](Body& body) -> auto& { return body.sampling; });
  add_stop(table, &Body::stop);
  add_priority(table, &Body::priority);
  add_lora(table, &Body::lora);
  add_prediction(table, &Body::prediction);
  add_guided(table, &Body::guided);
  table.integer<int>("n", &Body::n, {1, kMaxChoices},
                     "How many answers; they share the prompt. Answer i has the seed plus i.");
  table.boolean("echo", &Body::echo, "The answer's text begins with the prompt.")
      .integer<int>(
          "logprobs", &Body::logprobs, {0, kMaxLogprobs},
          "Log-probabilities of each token and of this many of the likeliest; with echo "
          "those of the prompt too. Natural logarithms under the unmodified distribution.")
      .boolean("stream", &Body::stream, "Answer with server-sent events.")
      .object("stream_options", &Body::stream_options, stream_option_fields(), "Only with stream.")
      .boolean("ignore_eos", &Body::ignore_eos, "Go on where the model would end.")
      .boolean("return_token_ids", &Body::return_token_ids,
               "Add prompt_token_ids, and token_ids to the choice.")
      .boolean("return_progress", &Body::return_progress,
               "With stream: prompt_progress while a long prompt is read.")
      .text("session", &Body::session, {0, kMaxSessionBytes},
            "Requests of one session share its cache and run one after the other.")
      .boolean("replace_waiting", &Body::replace_waiting,
               "For completion at a cursor: an older request of the session that says so too and "
               "has not begun is answered 409, and this one takes its place.")
      .text("model", &Body::model, {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.")
      .text("user", &Body::user, {0, kMaxNameBytes}, "Ignored.")
      .integer<int>("t_max_prompt_ms", &Body::max_prompt_ms, {0, kMaxInt},
                    "Give up when the prompt takes longer; 0 is no limit.")
      .integer<int>("t_max_predict_ms", &Body::max_predict_ms, {0, kMaxInt},
                    "Give up when the answer takes longer; 0 is no limit.")
      .only("best_of", {1}, "With n, each answer is given.");
  return table;
}

}  // namespace

base::Result<Prompt> read_prompt(const JsonIn& value, const std::string& path) {
  if (!value.is_string() && !value.is_array()) {
    return wrong_value(path, "a string or a list of token ids", value);
  }
  const bool is_batch = value.is_array() && !value.empty() && !value[0].is_number();
  if (!is_batch) return read_one_prompt(value, path);
  if (value.size() != 1) {
    return wrong_value(path, "one prompt", std::to_string(value.size()) + " of them");
  }
  if (!value[0].is_string() && !value[0].is_array()) {
    return wrong_value(path + "[0]", "a string or a list of token ids", value[0]);
  }
  return read_one_prompt(value[0], path + "[0]");
}

JsonOut prompt_schema() {
  JsonOut text = schema::text();
  text["maxLength"] = kMaxPromptBytes;
  JsonOut id = schema::integer();
  id["minimum"] = 0;
  JsonOut ids = schema::list(id);
  ids["minItems"] = kPromptIds.min_items;
  ids["maxItems"] = kPromptIds.max_items;
  JsonOut batch = schema::list(schema::any_of({text, ids}));
  batch["minItems"] = 1;
  batch["maxItems"] = 1;
  return schema::any_of({text, ids, batch},
                        "Text (special tokens may be spelled out) or token ids, which are used as "
                        "they are; one prompt in a request.");
}

const FieldTable<StreamOptions>& stream_option_fields() {
  static const auto table =
      FieldTable<StreamOptions>().boolean("include_usage", &StreamOptions::include_usage,
                                          "One more event, before the end, with the usage.");
  return table;
}

const FieldTable<CompletionBody>& completion_fields() {
  static const FieldTable<CompletionBody> table = make_fields();
  return table;
}

}  // namespace cromwell::api
