// The endpoints of edits. What touches files runs on the edit service's file pool. Any thread.
#include <utility>

#include "api/edit_records.h"
#include "api/edit_reply.h"
#include "api/edit_wire.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/sampling_fields.h"
#include "api/sse.h"
#include "engine/adapters.h"

namespace cromwell::api {
namespace {

using workspace::EditStore;

// Runs `work` on the file pool with the store, unless no store could know the id.
template <class Work>
void with_edit(Call call, Work work) {
  if (!is_edit_id(call.id)) {
    return call.fail({base::ErrorCode::kNotFound, "no edit has this id", "id"});
  }
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), work] { work(call, call.parts().edits.store()); });
}

using Change = base::Result<workspace::Applied> (EditStore::*)(const std::string&,
                                                               const workspace::ApplyOptions&);

void change_state(Call call, const base::Result<workspace::ApplyOptions>& options, Change change,
                  const char* state) {
  if (!options) return call.fail(options.error());
  with_edit(std::move(call), [=, options = *options](const Call& posted, EditStore& store) {
    const auto applied = (store.*change)(posted.id, options);
    if (!applied) return posted.fail(applied.error());
    posted.answer(applied_record_json(*applied, state));
  });
}

}  // namespace

void handle_edit(Call call) {
  auto body = read_body(edit_fields(), call.request);
  if (!body) return call.fail(body.error());
  if (const auto checked = check_edit(*body); !checked) return call.fail(checked.error());
  const auto adapter = engine::find_adapter(call.parts().adapters, body->lora, engine::kEditTask);
  if (!adapter) return call.fail(adapter.error());
  body->edit.adapter = *adapter;
  normalise(body->edit.sampling);
  ReplyForm form{.stream = body->stream.value_or(accepts_events(call.request))};
  if (form.stream && body->resumable) form.resumable = call.service->streams;
  run_edit(call.parts(), std::move(call.responder), std::move(body->edit), std::move(form));
}

void handle_edit_events(Call call) {
  const auto after = read_last_event(call.request);
  if (!after) return call.fail(after.error());
  StreamKeeper& streams = *call.service->streams;
  // Whoever asks for the head alone must not take the place of the one who reads.
  const auto resumed = call.request.head_only ? streams.check(call.id, *after)
                                              : streams.resume(call.id, call.responder, *after);
  if (!resumed) return call.fail(resumed.error());
  if (!call.request.head_only) return;
  call.responder->begin_stream(sse_head(""));
  call.responder->end_stream();
}

void handle_cancel_edit(Call call) {
  const auto read = read_optional_body(no_fields(), call.request);
  if (!read) return call.fail(read.error());
  const auto cancelled = call.service->streams->cancel(call.id);
  if (!cancelled) return call.fail(cancelled.error());
  JsonOut answer;
  answer["id"] = call.id;
  answer["cancelled"] = *cancelled;
  call.answer(answer);
}

void handle_list_edits(Call call) {
  const auto query = read_query(edit_list_fields(), call.request);
  if (!query) return call.fail(query.error());
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), query = *query] {
    call.answer(record_list_json(call.parts().edits.store().list(), query));
  });
}

void handle_get_edit(Call call) {
  with_edit(std::move(call), [](const Call& posted, EditStore& store) {
    const auto record = store.get(posted.id);
    if (!record) return posted.fail(record.error());
    posted.answer(record_json(*record, true));
  });
}

void handle_apply_edit(Call call) {
  const auto options = read_apply(call.request);
  change_state(std::move(call), options, &EditStore::apply, "applied");
}

void handle_revert_edit(Call call) {
  const auto options = read_revert(call.request);
  change_state(std::move(call), options, &EditStore::revert, "reverted");
}

}  // namespace cromwell::api
