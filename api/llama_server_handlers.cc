// What llama-server's clients ask of the server itself: its properties, its slots and the prompt
// that a conversation makes. Any thread.
#include "api/handlers.h"
#include "api/llama_format.h"
#include "api/llama_server_wire.h"
#include "api/tool_prompt.h"

namespace cromwell::api {
namespace {

std::string spelling(const tokenizer::Tokenizer& tokenizer, std::optional<engine::TokenId> id) {
  return id ? std::string(tokenizer.bytes(*id)) : std::string();
}

}  // namespace

void handle_apply_template(Call call) {
  auto body = read_body(apply_template_fields(), call.request);
  if (!body) return call.fail(body.error());
  const auto tools = tool_texts(call.parts(), body->messages, body->tools);
  if (!tools) return call.fail(tools.error());
  JsonOut answer;
  answer["prompt"] =
      call.parts().chat_template.render_text(body->messages, body->add_generation_prompt, *tools);
  call.answer(answer);
}

void handle_props(Call call) {
  const ServiceParts& parts = call.parts();
  const tokenizer::Vocabulary& vocabulary = parts.tokenizer->vocabulary();
  JsonOut answer;
  answer["default_generation_settings"]["params"] = llama_settings_json({});
  answer["default_generation_settings"]["n_ctx"] = parts.context_length;
  answer["total_slots"] = parts.slots;
  answer["model_alias"] = parts.model_name;
  answer["model_path"] = parts.model_name;
  answer["modalities"]["vision"] = false;
  answer["modalities"]["audio"] = false;
  answer["endpoint_slots"] = true;
  answer["endpoint_props"] = false;
  answer["endpoint_metrics"] = false;
  answer["chat_template"] = vocabulary.chat_template;
  answer["bos_token"] = spelling(*parts.tokenizer, vocabulary.bos);
  answer["eos_token"] = spelling(*parts.tokenizer, vocabulary.eos);
  answer["build_info"] = "cromwell " + parts.version;
  answer["is_sleeping"] = false;
  call.answer(answer);
}

// As many as generations may run side by side; the first are those that do.
void handle_slots(Call call) {
  const ServiceParts& parts = call.parts();
  const int running = parts.engine.status().running;
  JsonOut answer = JsonOut::array();
  for (int i = 0; i < parts.slots; ++i) {
    JsonOut slot;
    slot["id"] = i;
    slot["n_ctx"] = parts.context_length;
    slot["speculative"] = true;
    slot["is_processing"] = i < running;
    answer.push_back(std::move(slot));
  }
  call.answer(answer);
}

}  // namespace cromwell::api
