// The endpoints of sessions: what of their texts is in memory, and how long it stays. Any thread.
#include "api/handlers.h"

namespace cromwell::api {
namespace {

void answer_pinned(const Call& call, bool pinned) {
  const base::Result<> done = call.parts().engine.pin_session(call.id, pinned);
  if (!done) return call.fail(done.error());
  JsonOut answer;
  answer["id"] = call.id;
  answer["pinned"] = pinned;
  call.answer(answer);
}

}  // namespace

void handle_sessions(Call call) {
  JsonOut answer;
  answer["sessions"] = JsonOut::array();
  for (const engine::SessionInfo& session : call.parts().engine.sessions()) {
    JsonOut one;
    one["id"] = session.id;
    one["cached_tokens"] = session.cached_tokens;
    one["pages"] = session.pages;
    one["pinned"] = session.pinned;
    one["running"] = session.running;
    one["idle_seconds"] = session.idle_seconds;
    answer["sessions"].push_back(std::move(one));
  }
  call.answer(answer);
}

void handle_delete_session(Call call) {
  const base::Result<> deleted = call.parts().engine.delete_session(call.id);
  if (!deleted) return call.fail(deleted.error());
  JsonOut answer;
  answer["id"] = call.id;
  answer["deleted"] = true;
  call.answer(answer);
}

void handle_pin_session(Call call) { answer_pinned(call, true); }

void handle_unpin_session(Call call) { answer_pinned(call, false); }

}  // namespace cromwell::api
