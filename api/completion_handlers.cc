// POST /v1/completions and /v1/chat/completions: the request becomes token ids and options for the
// engine, and api/generation_reply answers. Any thread.
#include <utility>

#include "api/chat_shape.h"
#include "api/chat_wire.h"
#include "api/completion_shape.h"
#include "api/completion_wire.h"
#include "api/generation_reply.h"
#include "api/handlers.h"
#include "api/ids.h"
#include "api/limits.h"
#include "api/prompt_tokens.h"
#include "api/sampling_fields.h"
#include "engine/loaded_model.h"
#include "engine/prompt_lookup.h"
#include "engine/random.h"
#include "engine/region_cursor.h"

namespace cromwell::api {
namespace {

// What completions and chat ask of the engine in the same words.
template <class Body>
base::Result<engine::GenerateRequest> request_of(const Call& call, Body& body) {
  normalise(body.sampling);
  // Choices have seeds in a row, so that one number says them all.
  if (body.n > 1 && !body.sampling.seed) body.sampling.seed = engine::random_seed();
  engine::GenerateRequest request;
  CROMWELL_ASSIGN(request.adapter, engine::find_adapter(call.parts().adapters, body.lora));
  request.session = std::move(body.session);
  request.priority = body.priority;
  request.sampling = body.sampling;
  request.stop = std::move(body.stop);
  request.ignore_eos = body.ignore_eos;
  request.max_prompt_ms = body.max_prompt_ms;
  request.max_predict_ms = body.max_predict_ms;
  return request;
}

// Guesses that only change the speed: from the client's prediction, else from the prompt.
std::unique_ptr<engine::DraftSource> draft_of(const tokenizer::Tokenizer& tokenizer,
                                              const std::optional<std::string>& prediction,
                                              std::size_t prompt_tokens) {
  if (!prediction) return std::make_unique<engine::PromptLookup>();
  return std::make_unique<engine::RegionCursor>(tokenizer.encode(*prediction).ids,
                                                static_cast<int>(prompt_tokens));
}

// The choices after the first.
template <class Body>
std::vector<engine::ForkRequest> forks_of(const Body& body, const tokenizer::Tokenizer& tokenizer,
                                          std::size_t prompt_tokens) {
  std::vector<engine::ForkRequest> forks;
  for (int i = 1; i < body.n; ++i) {
    engine::ForkRequest fork{.sampling = body.sampling, .sink = {}, .draft = nullptr};
    fork.sampling.seed = *body.sampling.seed + static_cast<std::uint64_t>(i);
    fork.draft = draft_of(tokenizer, body.prediction, prompt_tokens);
    forks.push_back(std::move(fork));
  }
  return forks;
}

template <class Body>
ReplyOptions reply_of(const Call& call, const Body& body, const char* id_prefix) {
  ReplyOptions reply;
  reply.id = make_id(id_prefix);
  reply.model = call.parts().model_name;
  reply.created = std::time(nullptr);
  reply.stream = body.stream;
  reply.include_usage = body.stream_options.include_usage;
  reply.shows_prompt_ids = body.return_token_ids;
  reply.has_prediction = body.prediction.has_value();
  reply.meters = call.parts().meters;
  return reply;
}

}  // namespace

void handle_completion(Call call) {
  auto body = read_body(completion_fields(), call.request);
  if (!body) return call.fail(body.error(), Dialect::kOpenAi);
  auto prompt = tokens_of(*call.parts().tokenizer, std::move(body->prompt));
  if (!prompt) return call.fail(prompt.error(), Dialect::kOpenAi);

  auto constraint = constraint_of(*call.service, body->guided);
  if (!constraint) return call.fail(constraint.error(), Dialect::kOpenAi);

  ReplyOptions reply = reply_of(call, *body, "cmpl-");
  reply.wants_tokens = body->logprobs.has_value() || body->return_token_ids;
  reply.has_echo = body->echo;
  reply.echo_is_scored = body->echo && body->logprobs.has_value();
  if (body->echo) reply.echo = std::move(prompt->text);
  if (body->return_token_ids) reply.prompt_ids = prompt->ids;

  std::vector<std::unique_ptr<AnswerShape>> shapes;
  for (int i = 0; i < body->n; ++i) {
    shapes.push_back(
        make_completion_shape(call.parts().tokenizer, {.index = i,
                                                       .logprobs = body->logprobs.has_value(),
                                                       .token_ids = body->return_token_ids,
                                                       .hide_bos = prompt->has_bos,
                                                       .prompt_ids = reply.prompt_ids}));
  }
  auto request = request_of(call, *body);
  if (!request) return call.fail(request.error(), Dialect::kOpenAi);
  request->constraint = std::move(*constraint);
  request->draft = draft_of(*call.parts().tokenizer, body->prediction, prompt->ids.size());
  auto forks = forks_of(*body, *call.parts().tokenizer, prompt->ids.size());
  request->prompt = std::move(prompt->ids);
  request->max_tokens = body->max_tokens;
  request->replaces_waiting = body->replace_waiting;
  request->top_logprobs = body->logprobs.value_or(-1);
  request->prompt_logprobs = reply.echo_is_scored;
  run_generation(call.parts().engine, std::move(call.responder), std::move(*request),
                 std::move(forks), std::move(shapes), std::move(reply));
}

void handle_chat(Call call) {
  auto body = read_body(chat_fields(), call.request);
  if (!body) return call.fail(body.error(), Dialect::kOpenAi);
  auto ids = call.parts().chat_template.render_ids(body->messages, true, *call.parts().tokenizer);
  if (!ids) return call.fail(ids.error(), Dialect::kOpenAi);

  auto constraint = constraint_of(*call.service, body->guided);
  if (!constraint) return call.fail(constraint.error(), Dialect::kOpenAi);

  ReplyOptions reply = reply_of(call, *body, "chatcmpl-");
  reply.wants_tokens = body->logprobs || body->return_token_ids;
  if (body->return_token_ids) reply.prompt_ids = *ids;

  std::vector<std::unique_ptr<AnswerShape>> shapes;
  for (int i = 0; i < body->n; ++i) {
    shapes.push_back(make_chat_shape(
        call.parts().tokenizer,
        {.index = i, .logprobs = body->logprobs, .token_ids = body->return_token_ids}));
  }
  auto request = request_of(call, *body);
  if (!request) return call.fail(request.error(), Dialect::kOpenAi);
  request->constraint = std::move(*constraint);
  request->draft = draft_of(*call.parts().tokenizer, body->prediction, ids->size());
  auto forks = forks_of(*body, *call.parts().tokenizer, ids->size());
  request->prompt = std::move(*ids);
  request->max_tokens = body->max_tokens.value_or(kMaxInt);
  if (body->logprobs) request->top_logprobs = body->top_logprobs;
  run_generation(call.parts().engine, std::move(call.responder), std::move(*request),
                 std::move(forks), std::move(shapes), std::move(reply));
}

}  // namespace cromwell::api
