// The endpoints that Ollama's clients use. Any thread.
#include <utility>

#include "api/generation_reply.h"
#include "api/generation_request.h"
#include "api/handlers.h"
#include "api/limits.h"
#include "api/ollama_format.h"
#include "api/ollama_models.h"
#include "api/ollama_wire.h"
#include "api/prompt_tokens.h"
#include "api/sampling_fields.h"
#include "api/tool_pattern.h"
#include "api/tool_prompt.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

using Ids = std::vector<engine::TokenId>;

int cap_of(const OllamaCommon& common) {
  return common.options.num_predict < 0 ? kMaxInt : common.options.num_predict;
}

base::Result<engine::GenerateRequest> request_of(const Call& call, OllamaCommon& common,
                                                 Ids prompt) {
  engine::GenerateRequest request;
  CROMWELL_ASSIGN(request.adapter, engine::find_adapter(call.parts().adapters, std::nullopt));
  CROMWELL_ASSIGN(request.constraint, constraint_of(*call.service, common.guided));
  request.prompt = std::move(prompt);
  request.max_tokens = cap_of(common);
  request.sampling = common.options.sampling;
  normalise(request.sampling);
  if (common.options.seed >= 0) {
    request.sampling.seed = static_cast<std::uint64_t>(common.options.seed);
  }
  request.stop = std::move(common.options.stop);
  if (common.logprobs) request.top_logprobs = common.top_logprobs;
  return request;
}

void generate(Call call, const OllamaCommon& common, engine::GenerateRequest request,
              OllamaFormatOptions format) {
  format.model = call.parts().model_name;
  format.logprobs = common.logprobs;
  fork_request(request, 1, *call.parts().tokenizer, std::nullopt);
  run_generation(call.parts(), std::move(call.responder), std::move(request), {},
                 make_ollama_format(call.parts().tokenizer, std::move(format)),
                 {.stream = common.stream, .wants_tokens = true});
}

// The ids of a prompt that is a message, or, with raw, a text.
base::Result<Ids> prompt_of(const ServiceParts& parts, OllamaGenerateBody& body) {
  if (body.raw) {
    CROMWELL_ASSIGN(PromptTokens tokens, tokens_of(*parts.tokenizer, std::move(body.prompt)));
    return std::move(tokens.ids);
  }
  std::vector<tokenizer::ChatMessage> messages;
  if (!body.system.empty()) messages.push_back({"system", std::move(body.system)});
  messages.push_back({"user", std::move(body.prompt)});
  CROMWELL_ASSIGN(const Ids ids, parts.chat_template.render_ids(messages, true, *parts.tokenizer));
  Ids all = std::move(body.context);
  all.insert(all.end(), ids.begin(), ids.end());
  return all;
}

void complete(Call call, OllamaGenerateBody body) {
  std::vector<std::string> stop;
  base::Result<Ids> ids = Ids();
  OllamaFormatOptions format;
  if (!body.suffix.empty()) {
    auto fill = fill_prompt(call.parts(),
                            {.before = std::move(body.prompt), .after = std::move(body.suffix)},
                            cap_of(body.common));
    if (!fill) return call.fail(fill.error());
    ids = std::move(fill->ids);
    format.truncated = !fill->is_whole();
    stop = std::move(fill->stop);
  } else {
    const bool has_context = !body.raw;
    ids = prompt_of(call.parts(), body);
    if (ids && has_context) format.context = *ids;
  }
  if (!ids) return call.fail(ids.error());
  auto request = request_of(call, body.common, std::move(*ids));
  if (!request) return call.fail(request.error());
  request->stop.insert(request->stop.end(), stop.begin(), stop.end());
  generate(std::move(call), body.common, std::move(*request), std::move(format));
}

void chat(Call call, OllamaChatBody body) {
  const ServiceParts& parts = call.parts();
  const auto tools = tool_texts(parts, body.messages, body.tools);
  if (!tools) return call.fail(tools.error());
  auto ids = parts.chat_template.render_ids(body.messages, true, *parts.tokenizer, *tools);
  if (!ids) return call.fail(ids.error());
  auto request = request_of(call, body.common, std::move(*ids));
  if (!request) return call.fail(request.error());
  OllamaFormatOptions format{.is_chat = true, .tools = call_reader(parts, body.tools)};
  generate(std::move(call), body.common, std::move(*request), std::move(format));
}

}  // namespace

void handle_ollama_generate(Call call) {
  auto body = read_body(ollama_generate_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (body->prompt.empty() && body->suffix.empty()) {
    return call.answer(ollama_loaded_json(call.parts().model_name, false));
  }
  const bool is_guided = body->common.guided.is_asked_for();
  go_on(std::move(call), std::move(*body), is_guided, complete);
}

void handle_ollama_chat(Call call) {
  auto body = read_body(ollama_chat_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (body->messages.empty()) {
    return call.answer(ollama_loaded_json(call.parts().model_name, true));
  }
  if (const auto* form = call.parts().chat_template.tools()) {
    guide_calls(*form, body->tools, body->common.guided);
  }
  const bool is_guided = body->common.guided.is_asked_for();
  go_on(std::move(call), std::move(*body), is_guided, chat);
}

void handle_ollama_tags(Call call) {
  call.answer(ollama_tags_json(call.parts(), call.service->started));
}

void handle_ollama_ps(Call call) { call.answer(ollama_ps_json(call.parts())); }

void handle_ollama_show(Call call) {
  auto body = read_body(ollama_show_fields(), call.request);
  if (!body) return call.fail(body.error());
  call.answer(ollama_show_json(call.parts(), call.service->started));
}

void handle_ollama_version(Call call) {
  JsonOut answer;
  answer["version"] = kOllamaVersion;
  call.answer(answer);
}

}  // namespace cromwell::api
