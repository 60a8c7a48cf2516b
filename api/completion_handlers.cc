// POST /v1/completions and /v1/chat/completions: the request becomes token ids and options for the
// engine, and api/generation_reply answers. Any thread.
#include <utility>

#include "api/chat_shape.h"
#include "api/chat_wire.h"
#include "api/completion_shape.h"
#include "api/completion_wire.h"
#include "api/generation_reply.h"
#include "api/generation_request.h"
#include "api/handlers.h"
#include "api/ids.h"
#include "api/openai_format.h"
#include "api/prompt_tokens.h"
#include "api/sampling_fields.h"
#include "api/tool_pattern.h"
#include "api/tool_prompt.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

// What completions and chat ask of the engine in the same words.
template <class Body>
base::Result<engine::GenerateRequest> request_of(const Call& call, Body& body) {
  normalise(body.sampling);
  engine::GenerateRequest request;
  CROMWELL_ASSIGN(request.adapter, engine::find_adapter(call.parts().adapters, body.lora));
  CROMWELL_ASSIGN(request.constraint, constraint_of(*call.service, body.guided));
  request.session = std::move(body.session);
  request.priority = body.priority;
  request.sampling = body.sampling;
  request.stop = std::move(body.stop);
  request.ignore_eos = body.ignore_eos;
  request.max_prompt_ms = body.max_prompt_ms;
  request.max_predict_ms = body.max_predict_ms;
  return request;
}

template <class Body>
OpenAiOptions format_of(const Call& call, const Body& body, const char* id_prefix) {
  return {.id = make_id(id_prefix),
          .model = call.parts().model_name,
          .created = std::time(nullptr),
          .stream = body.stream,
          .include_usage = body.stream_options.include_usage,
          .shows_progress = body.return_progress,
          .shows_prompt_ids = body.return_token_ids,
          .has_prediction = body.prediction.has_value()};
}

// The prompt as it is, or, with a suffix, what asks for the text before it.
base::Result<PromptTokens> prompt_of(const ServiceParts& parts, CompletionBody& body,
                                     engine::GenerateRequest& request) {
  if (body.suffix.empty()) return tokens_of(*parts.tokenizer, std::move(body.prompt));
  PromptTokens prompt;
  if (auto* ids = std::get_if<std::vector<engine::TokenId>>(&body.prompt)) {
    prompt.text = parts.tokenizer->decode(*ids);
  } else {
    prompt.text = std::move(std::get<std::string>(body.prompt));
  }
  CROMWELL_ASSIGN(
      edit::FillPrompt fill,
      fill_prompt(parts, {.before = prompt.text, .after = body.suffix}, body.max_tokens));
  prompt.ids = std::move(fill.ids);
  prompt.truncated = !fill.is_whole();
  request.stop.insert(request.stop.end(), fill.stop.begin(), fill.stop.end());
  return prompt;
}

void complete(Call call, CompletionBody body) {
  auto request = request_of(call, body);
  if (!request) return call.fail(request.error());
  ReplyOptions reply{.stream = body.stream,
                     .wants_tokens = body.logprobs.has_value() || body.return_token_ids,
                     .has_echo = body.echo,
                     .echo_is_scored = body.echo && body.logprobs.has_value()};
  auto prompt = prompt_of(call.parts(), body, *request);
  if (!prompt) return call.fail(prompt.error());
  if (body.echo) reply.echo = std::move(prompt->text);

  OpenAiOptions format = format_of(call, body, "cmpl-");
  format.truncated = prompt->truncated;
  if (body.return_token_ids) format.prompt_ids = prompt->ids;
  std::vector<std::unique_ptr<AnswerShape>> shapes;
  for (int i = 0; i < body.n; ++i) {
    shapes.push_back(
        make_completion_shape(call.parts().tokenizer, {.index = i,
                                                       .logprobs = body.logprobs.has_value(),
                                                       .token_ids = body.return_token_ids,
                                                       .hide_bos = prompt->has_bos,
                                                       .prompt_ids = format.prompt_ids}));
  }
  request->prompt = std::move(prompt->ids);
  request->max_tokens = body.max_tokens;
  request->replaces_waiting = body.replace_waiting;
  request->top_logprobs = body.logprobs.value_or(-1);
  request->prompt_logprobs = reply.echo_is_scored;
  auto forks = fork_request(*request, body.n, *call.parts().tokenizer, body.prediction);
  run_generation(call.parts(), std::move(call.responder), std::move(*request), std::move(forks),
                 make_openai_format(std::move(shapes), std::move(format)), std::move(reply));
}

base::Result<std::vector<engine::TokenId>> conversation(const ServiceParts& parts,
                                                        const ChatBody& body) {
  CROMWELL_ASSIGN(const auto tools, tool_texts(parts, body.messages, body.tools));
  return parts.chat_template.render_ids(body.messages, true, *parts.tokenizer, tools);
}

std::vector<std::unique_ptr<AnswerShape>> chat_shapes(const Call& call, const ChatBody& body) {
  std::vector<std::unique_ptr<AnswerShape>> shapes;
  for (int i = 0; i < body.n; ++i) {
    shapes.push_back(
        make_chat_shape(call.parts().tokenizer, {.index = i,
                                                 .logprobs = body.logprobs,
                                                 .token_ids = body.return_token_ids,
                                                 .tools = call_reader(call.parts(), body.tools)}));
  }
  return shapes;
}

void chat(Call call, ChatBody body) {
  auto ids = conversation(call.parts(), body);
  if (!ids) return call.fail(ids.error());
  auto request = request_of(call, body);
  if (!request) return call.fail(request.error());

  OpenAiOptions format = format_of(call, body, "chatcmpl-");
  if (body.return_token_ids) format.prompt_ids = *ids;
  request->prompt = std::move(*ids);
  request->max_tokens = chat_cap(body);
  if (body.logprobs) request->top_logprobs = body.top_logprobs;
  end_after_calls(call.parts(), body.tools, request->stop);
  auto forks = fork_request(*request, body.n, *call.parts().tokenizer, body.prediction);
  run_generation(call.parts(), std::move(call.responder), std::move(*request), std::move(forks),
                 make_openai_format(chat_shapes(call, body), std::move(format)),
                 {.stream = body.stream, .wants_tokens = body.logprobs || body.return_token_ids});
}

}  // namespace

void handle_completion(Call call) {
  auto body = read_body(completion_fields(), call.request);
  if (!body) return call.fail(body.error());
  const bool is_guided = body->guided.is_asked_for();
  go_on(std::move(call), std::move(*body), is_guided, complete);
}

void handle_chat(Call call) {
  auto body = read_body(chat_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (const auto* form = call.parts().chat_template.tools()) {
    guide_calls(*form, body->tools, body->guided);
  }
  const bool is_guided = body->guided.is_asked_for();
  go_on(std::move(call), std::move(*body), is_guided, chat);
}

}  // namespace cromwell::api
