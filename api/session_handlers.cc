// The endpoints of sessions: what of their texts is in memory, and how long it stays. Any thread.
#include <utility>

#include "api/handlers.h"

namespace cromwell::api {
namespace {

void answer_pinned(const Call& call, bool pinned) {
  const auto read = read_optional_body(no_fields(), call.request);
  if (!read) return call.fail(read.error());
  const base::Result<> done = call.parts().engine.pin_session(call.id, pinned);
  if (!done) return call.fail(done.error());
  JsonOut answer;
  answer["id"] = call.id;
  answer["pinned"] = pinned;
  call.answer(answer);
}

// Runs on the store's thread, with the tokens that it saved or restored as the answer.
using StoreWork = base::Result<int> (engine::SessionStore::*)(engine::Engine&, const std::string&);

void answer_stored(Call call, StoreWork work, const char* what) {
  const auto read = read_optional_body(no_fields(), call.request);
  if (!read) return call.fail(read.error());
  engine::SessionStore& sessions = call.parts().sessions;
  sessions.post([call = std::move(call), work, what] {
    const ServiceParts& parts = call.parts();
    const base::Result<int> tokens = (parts.sessions.*work)(parts.engine, call.id);
    if (!tokens) return call.fail(tokens.error());
    JsonOut answer;
    answer["id"] = call.id;
    answer[what] = *tokens;
    call.answer(answer);
  });
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

// In memory, on disk, or both.
void handle_delete_session(Call call) {
  engine::SessionStore& sessions = call.parts().sessions;
  sessions.post([call = std::move(call)] {
    using base::ErrorCode;
    const base::Result<> dropped = call.parts().engine.delete_session(call.id);
    if (!dropped && dropped.error().code != ErrorCode::kNotFound) return call.fail(dropped.error());
    const base::Result<> removed = call.parts().sessions.remove(call.id);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return call.fail(removed.error());
    if (!dropped && !removed) return call.fail(dropped.error());
    JsonOut answer;
    answer["id"] = call.id;
    answer["deleted"] = true;
    call.answer(answer);
  });
}

void handle_pin_session(Call call) { answer_pinned(call, true); }

void handle_unpin_session(Call call) { answer_pinned(call, false); }

void handle_save_session(Call call) {
  answer_stored(std::move(call), &engine::SessionStore::save, "saved_tokens");
}

void handle_restore_session(Call call) {
  answer_stored(std::move(call), &engine::SessionStore::restore, "restored_tokens");
}

}  // namespace cromwell::api
