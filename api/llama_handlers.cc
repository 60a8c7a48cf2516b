// POST /completion and /infill as llama-server's clients send them. Any thread.
#include <utility>

#include "api/generation_reply.h"
#include "api/generation_request.h"
#include "api/handlers.h"
#include "api/limits.h"
#include "api/llama_format.h"
#include "api/llama_wire.h"
#include "api/prompt_tokens.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

struct LlamaPrompt {
  std::vector<engine::TokenId> ids;
  std::vector<std::string> stop;
  engine::Priority priority = engine::Priority::kNormal;
  bool truncated = false;
};

struct LlamaRequest {
  LlamaPrompt prompt;
  LlamaOptions options;
};

base::Result<engine::GenerateRequest> request_of(const Call& call, LlamaPrompt& prompt,
                                                 const LlamaOptions& options) {
  engine::GenerateRequest request;
  CROMWELL_ASSIGN(request.adapter, engine::find_adapter(call.parts().adapters, std::nullopt));
  CROMWELL_ASSIGN(request.constraint, constraint_of(*call.service, options.guided));
  request.prompt = std::move(prompt.ids);
  request.max_tokens = options.n_predict < 0 ? kMaxInt : options.n_predict;
  // Without tokens to write it is only a warning that a request will come.
  const bool is_warming = options.n_predict == 0;
  request.priority = is_warming ? engine::Priority::kWarm : prompt.priority;
  request.sampling = options.sampling;
  request.stop = options.stop;
  request.stop.insert(request.stop.end(), prompt.stop.begin(), prompt.stop.end());
  request.ignore_eos = options.ignore_eos;
  if (options.n_probs > 0) request.top_logprobs = options.n_probs;
  return request;
}

void generate(Call call, LlamaRequest asked) {
  auto& [prompt, options] = asked;
  options.sampling = sampling_of(options);
  auto request = request_of(call, prompt, options);
  if (!request) return call.fail(request.error());
  const tokenizer::Tokenizer& tokenizer = *call.parts().tokenizer;
  auto forks = fork_request(*request, options.n_cmpl, tokenizer, std::nullopt);
  ReplyOptions reply{.stream = options.stream,
                     .wants_tokens = options.n_probs > 0 || options.return_tokens,
                     .is_warming = options.n_predict == 0,
                     .lines = {.min_indent = options.n_indent, .max_ms = options.max_predict_ms}};
  auto format =
      make_llama_format(call.parts().tokenizer, {.model = call.parts().model_name,
                                                 .prompt = tokenizer.decode(request->prompt),
                                                 .truncated = prompt.truncated,
                                                 .request = std::move(options)});
  run_generation(call.parts(), std::move(call.responder), std::move(*request), std::move(forks),
                 std::move(format), std::move(reply));
}

void go_on_with(Call call, LlamaPrompt prompt, LlamaOptions options) {
  const bool is_guided = options.guided.is_asked_for();
  go_on(std::move(call), LlamaRequest{std::move(prompt), std::move(options)}, is_guided, generate);
}

}  // namespace

void handle_llama_completion(Call call) {
  auto body = read_body(llama_completion_fields(), call.request);
  if (!body) return call.fail(body.error());
  auto prompt = tokens_of(*call.parts().tokenizer, std::move(body->prompt));
  if (!prompt) return call.fail(prompt.error());
  go_on_with(std::move(call), {.ids = std::move(prompt->ids)}, std::move(body->options));
}

void handle_infill(Call call) {
  auto body = read_body(infill_fields(), call.request);
  if (!body) return call.fail(body.error());
  const int cap = body->options.n_predict < 0 ? kMaxInt : body->options.n_predict;
  auto fill = fill_prompt(call.parts(),
                          {.before = body->input_prefix + body->prompt,
                           .after = std::move(body->input_suffix),
                           .notes = std::move(body->input_extra)},
                          cap);
  if (!fill) return call.fail(fill.error());
  go_on_with(std::move(call),
             {.ids = std::move(fill->ids),
              .stop = std::move(fill->stop),
              .priority = engine::Priority::kInteractive,
              .truncated = !fill->is_whole()},
             std::move(body->options));
}

}  // namespace cromwell::api
