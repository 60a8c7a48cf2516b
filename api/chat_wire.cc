#include "api/chat_wire.h"

#include <utility>

#include "api/content_parts.h"
#include "api/limits.h"
#include "api/sampling_fields.h"

namespace cromwell::api {
namespace {

using tokenizer::ChatMessage;

constexpr ListRange kMessages{1, kMaxMessages};

FieldTable<ChatBody> make_fields() {
  using Body = ChatBody;
  FieldTable<Body> table;
  table
      .custom("messages", &Body::messages,
              messages_schema("The conversation so far. Text in it never becomes a special token."),
              read_messages)
      .required()
      .integer<int>("max_tokens", &Body::max_tokens, {0, kMaxInt},
                    "A cap; it is cut to what the context holds, which is also the default.")
      .integer<int>("max_completion_tokens", &Body::max_tokens, {0, kMaxInt},
                    "OpenAI's newer name for max_tokens.")
      .integer<int>("n_predict", &Body::n_predict, {-1, kMaxInt},
                    "llama-server's name for max_tokens; -1 is none, 0 only reads the prompt.");
  add_sampling(table, [](Body& body) -> auto& { return body.sampling; });
  add_stop(table, &Body::stop);
  add_priority(table, &Body::priority);
  add_lora(table, &Body::lora);
  add_prediction(table, &Body::prediction);
  add_guided(table, &Body::guided);
  table.integer<int>("n", &Body::n, {1, kMaxChoices},
                     "How many answers; they share the prompt. Answer i has the seed plus i.");
  table.boolean("logprobs", &Body::logprobs, "Add the log-probability of each token.")
      .integer<int>("top_logprobs", &Body::top_logprobs, {0, kMaxLogprobs},
                    "With logprobs: those of this many of the likeliest tokens too.")
      .boolean("stream", &Body::stream, "Answer with server-sent events.")
      .object("stream_options", &Body::stream_options, stream_option_fields(), "Only with stream.")
      .boolean("ignore_eos", &Body::ignore_eos, "Go on where the model would end.")
      .boolean("return_token_ids", &Body::return_token_ids,
               "Add prompt_token_ids, and token_ids to the choice.")
      .boolean("return_progress", &Body::return_progress,
               "With stream: prompt_progress while a long prompt is read.")
      .text("session", &Body::session, {0, kMaxSessionBytes},
            "Requests of one session share its cache and run one after the other.")
      .text("model", &Body::model, {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.")
      .text("user", &Body::user, {0, kMaxNameBytes}, "Ignored.")
      .integer<int>("t_max_prompt_ms", &Body::max_prompt_ms, {0, kMaxInt},
                    "Give up when the prompt takes longer; 0 is no limit.")
      .integer<int>("t_max_predict_ms", &Body::max_predict_ms, {0, kMaxInt},
                    "Give up when the answer takes longer; 0 is no limit.");
  add_tools(table, &Body::tools);
  add_tool_choice(table, &Body::tools);
  return table;
}

const FieldTable<ChatMessage>& message_fields() {
  static const auto table =
      FieldTable<ChatMessage>()
          .custom("role", &ChatMessage::role, role_schema(), read_role)
          .required()
          .custom("content", &ChatMessage::content,
                  content_schema("What is said: text, or a list of text parts. Only a message with "
                                 "tool_calls may have none."),
                  read_content)
          .custom("tool_calls", &ChatMessage::tool_calls, tool_calls_schema(), read_tool_calls);
  return table;
}

}  // namespace

base::Result<std::string> read_role(const JsonIn& value, const std::string& path) {
  for (const char* role : {"system", "user", "assistant", "tool"}) {
    if (value == role) return std::string(role);
  }
  if (value == "developer") return std::string("system");  // OpenAI's newer name for it
  return wrong_value(path, "\"system\", \"user\", \"assistant\" or \"tool\"",
                     value.is_string() ? "another string" : std::string(value.type_name()));
}

JsonOut role_schema() {
  return schema::one_of_texts({"system", "user", "assistant", "tool", "developer"},
                              "Who speaks; developer is system, tool is what a call gave.");
}

base::Result<std::vector<ChatMessage>> read_messages(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(auto messages, read_list(message_fields(), value, path, kMessages));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool has_content = value[i].contains("content") && !value[i]["content"].is_null();
    if (has_content || !messages[i].tool_calls.empty()) continue;
    const std::string content = path + "[" + std::to_string(i) + "].content";
    return base::Error{base::ErrorCode::kInvalidRequest, content + ": missing, but required",
                       content};
  }
  return messages;
}

JsonOut messages_schema(std::string_view description) {
  JsonOut entry = schema::list(message_fields().schema(), description);
  entry["minItems"] = kMessages.min_items;
  entry["maxItems"] = kMessages.max_items;
  return entry;
}

const FieldTable<ChatBody>& chat_fields() {
  static const FieldTable<ChatBody> table = make_fields();
  return table;
}

int chat_cap(const ChatBody& body) {
  const int cap = body.max_tokens.value_or(body.n_predict.value_or(kMaxInt));
  return cap < 0 ? kMaxInt : cap;
}

}  // namespace cromwell::api
