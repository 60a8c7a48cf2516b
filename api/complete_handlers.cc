// POST /v1/complete: the file is read on the edit service's file pool. Any thread.
#include <algorithm>
#include <utility>

#include "api/complete_wire.h"
#include "api/generation_reply.h"
#include "api/generation_request.h"
#include "api/handlers.h"
#include "api/ids.h"
#include "api/sampling_fields.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

// What of the code base the model is not shown for want of room.
std::vector<std::string> dropped(const edit::FillSource& source, const edit::FillPrompt& fill) {
  std::vector<std::string> names;
  if (fill.is_cut) names.push_back(source.text.file);
  names.insert(names.end(), fill.dropped.begin(), fill.dropped.end());
  names.insert(names.end(), source.no_room.begin(), source.no_room.end());
  return names;
}

void complete(Call call, CompleteBody body) {
  const ServiceParts& parts = call.parts();
  auto source = edit::read_place({*parts.workspace, parts.indexes, *parts.tokenizer}, body.place,
                                 edit::default_context_tokens(parts.model.parameters));
  if (!source) return call.fail(source.error());
  const int room =
      std::min(fill_room(parts, body.max_tokens), body.context.value_or(parts.context_length));
  auto fill = edit::make_fill_prompt(source->text, room, *parts.tokenizer);
  if (!fill) return call.fail(fill.error());
  const auto adapter = engine::find_adapter(parts.adapters, body.lora);
  if (!adapter) return call.fail(adapter.error());
  normalise(body.sampling);
  engine::GenerateRequest request{.session = body.session,
                                  .prompt = std::move(fill->ids),
                                  .max_tokens = body.max_tokens,
                                  .priority = body.priority,
                                  .replaces_waiting = true,
                                  .adapter = *adapter,
                                  .sampling = std::move(body.sampling),
                                  .stop = std::move(body.stop),
                                  .max_prompt_ms = body.max_prompt_ms,
                                  .max_predict_ms = body.max_predict_ms};
  request.stop.insert(request.stop.end(), fill->stop.begin(), fill->stop.end());
  fork_request(request, 1, *parts.tokenizer, std::nullopt);
  CompleteStart start{.id = make_id("fill-"),
                      .model = parts.model_name,
                      .session = std::move(body.session),
                      .file = std::move(body.place.file),
                      .line = body.place.line,
                      .column = source->column,
                      .context_used = std::move(fill->used),
                      .context_dropped = dropped(*source, *fill)};
  run_generation(parts, call.responder, std::move(request), {},
                 make_complete_format(std::move(start)), {.stream = body.stream.value_or(false)});
}

}  // namespace

void handle_complete(Call call) {
  auto body = read_body(complete_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (!body->stream) body->stream = accepts_events(call.request);
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), body = std::move(*body)] { complete(call, body); });
}

}  // namespace cromwell::api
