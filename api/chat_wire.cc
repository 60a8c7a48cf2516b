#include "api/chat_wire.h"

#include <utility>

#include "api/limits.h"
#include "api/sampling_fields.h"

namespace cromwell::api {
namespace {

using tokenizer::ChatMessage;

struct ContentPart {
  std::string type;
  std::string text;
};

const FieldTable<ContentPart>& part_fields() {
  static const auto table =
      FieldTable<ContentPart>()
          .only("type", {"text"}, "Text only.")
          .required()
          .text("text", &ContentPart::text, {0, kMaxPromptBytes}, "The text of this part.")
          .required();
  return table;
}

// A text, or a list of text parts, which are put one after the other.
base::Result<std::string> read_content(const JsonIn& value, const std::string& path) {
  if (!value.is_array()) return read_text(value, path, {0, kMaxPromptBytes});
  std::string content;
  for (std::size_t i = 0; i < value.size(); ++i) {
    ContentPart part;
    CROMWELL_TRY(part_fields().read(value[i], path + "[" + std::to_string(i) + "]", part));
    content += part.text;
  }
  return content;
}

base::Result<std::string> read_role(const JsonIn& value, const std::string& path) {
  for (const char* role : {"system", "user", "assistant"}) {
    if (value == role) return std::string(role);
  }
  if (value == "developer") return std::string("system");  // OpenAI's newer name for it
  return wrong_value(path, "\"system\", \"user\" or \"assistant\"",
                     value.is_string() ? "another string" : std::string(value.type_name()));
}

const FieldTable<ChatMessage>& message_fields() {
  static const auto table =
      FieldTable<ChatMessage>()
          .custom("role", &ChatMessage::role,
                  schema::one_of_texts({"system", "user", "assistant", "developer"},
                                       "Who speaks; developer is system."),
                  read_role)
          .required()
          .custom("content", &ChatMessage::content,
                  schema::any_of({schema::text(), schema::list(part_fields().schema())},
                                 "What is said: text, or a list of text parts."),
                  read_content)
          .required();
  return table;
}

FieldTable<ChatBody> make_fields() {
  using Body = ChatBody;
  FieldTable<Body> table;
  table
      .objects("messages", &Body::messages, message_fields(), {1, kMaxMessages},
               "The conversation so far. Text in it never becomes a special token.")
      .required()
      .integer<int>("max_tokens", &Body::max_tokens, {0, kMaxInt},
                    "A cap; it is cut to what the context holds, which is also the default.")
      .integer<int>("max_completion_tokens", &Body::max_tokens, {0, kMaxInt},
                    "OpenAI's newer name for max_tokens.");
  add_sampling(table, [](Body& body) -> auto& { return body.sampling; });
  add_stop(table, &Body::stop);
  add_priority(table, &Body::priority);
  add_lora(table, &Body::lora);
  table.boolean("logprobs", &Body::logprobs, "Add the log-probability of each token.")
      .integer<int>("top_logprobs", &Body::top_logprobs, {0, kMaxLogprobs},
                    "With logprobs: those of this many of the likeliest tokens too.")
      .boolean("stream", &Body::stream, "Answer with server-sent events.")
      .object("stream_options", &Body::stream_options, stream_option_fields(), "Only with stream.")
      .boolean("ignore_eos", &Body::ignore_eos, "Go on where the model would end.")
      .boolean("return_token_ids", &Body::return_token_ids,
               "Add prompt_token_ids, and token_ids to the choice.")
      .text("session", &Body::session, {0, kMaxSessionBytes},
            "Requests of one session share its cache and run one after the other.")
      .text("model", &Body::model, {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.")
      .text("user", &Body::user, {0, kMaxNameBytes}, "Ignored.")
      .integer<int>("t_max_prompt_ms", &Body::max_prompt_ms, {0, kMaxInt},
                    "Give up when the prompt takes longer; 0 is no limit.")
      .integer<int>("t_max_predict_ms", &Body::max_predict_ms, {0, kMaxInt},
                    "Give up when the answer takes longer; 0 is no limit.")
      .only("n", {1}, "One choice.")
      .only("frequency_penalty", {0}, "Off; see repetition_penalty.")
      .only("presence_penalty", {0}, "Off; see repetition_penalty.")
      .only("logit_bias", {JsonOut::object()}, "None.")
      .only("tools", {JsonOut::array()}, "None.")
      .only("tool_choice", {"none", "auto"}, "There are no tools.")
      .only("response_format", {{{"type", "text"}}}, "Text.");
  return table;
}

}  // namespace

const FieldTable<ChatBody>& chat_fields() {
  static const FieldTable<ChatBody> table = make_fields();
  return table;
}

}  // namespace cromwell::api
