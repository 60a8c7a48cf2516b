// POST /v1/warm: reads a prompt into memory ahead of the request that needs it. Any thread.
#include <algorithm>
#include <utility>

#include "api/handlers.h"
#include "api/prompt_tokens.h"
#include "api/warm_wire.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

using Ids = std::vector<engine::TokenId>;

// The events of one warming become one answer. Owned by the engine's sink, its thread only.
struct WarmReply {
  Call call;
  std::shared_ptr<base::CallSwitch> call_switch;
  Warmed warmed;

  void on_event(engine::Event&& event) {
    if (const auto* started = std::get_if<engine::Started>(&event)) {
      warmed.cached_tokens = warmed.warm_tokens = started->cached_tokens;
    } else if (const auto* progress = std::get_if<engine::Progress>(&event)) {
      warmed.warm_tokens = progress->processed;
    } else if (const auto* finished = std::get_if<engine::Finished>(&event)) {
      const bool was_ended = finished->reason == engine::FinishReason::kCancelled;
      if (!was_ended) warmed.warm_tokens = warmed.prompt_tokens;
      warmed.cached_tokens = std::max(warmed.cached_tokens, finished->usage.cached_tokens);
      call.answer(warmed_json(warmed));
    } else if (const auto* failed = std::get_if<engine::Failed>(&event)) {
      call.fail(failed->error);
    }
  }
};

void warm(Call call, Ids prompt, std::string session, int adapter) {
  const auto call_switch = cancel_when_gone(*call.responder);
  if (call_switch->cancelled()) return;
  const auto reply = std::make_shared<WarmReply>(
      WarmReply{.call = call,
                .call_switch = call_switch,
                .warmed = {.session = session, .prompt_tokens = static_cast<int>(prompt.size())}});
  engine::GenerateRequest request;
  request.session = std::move(session);
  request.prompt = std::move(prompt);
  request.max_tokens = 0;
  request.priority = engine::Priority::kWarm;
  request.adapter = adapter;
  auto generation = call.parts().engine.submit(
      std::move(request), [reply](engine::Event&& event) { reply->on_event(std::move(event)); });
  if (!generation) return call.fail(generation.error());
  call_switch->watch([generation = std::move(*generation)] { generation.cancel(); });
}

}  // namespace

void handle_warm(Call call) {
  auto body = read_body(warm_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (const auto checked = check_warm(*body); !checked) return call.fail(checked.error());
  const auto adapter = engine::find_adapter(call.parts().adapters, body->lora,
                                            body->prompt ? "" : engine::kEditTask);
  if (!adapter) return call.fail(adapter.error());
  if (body->prompt) {
    auto prompt = tokens_of(*call.parts().tokenizer, std::move(*body->prompt));
    if (!prompt) return call.fail(prompt.error());
    return warm(std::move(call), std::move(prompt->ids), std::move(body->edit.session), *adapter);
  }
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), edit = std::move(body->edit), adapter = *adapter] {
    auto prompt = call.parts().edits.common_prompt(edit);
    if (!prompt) return call.fail(prompt.error());
    warm(call, std::move(*prompt), edit.session, adapter);
  });
}

}  // namespace cromwell::api
