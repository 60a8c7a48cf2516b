// The handlers, one function for each route; api/routes says which is which. None blocks: they
// parse, enqueue and return.
#pragma once

#include "api/call.h"

namespace cromwell::api {

// edit_handlers.cc
void handle_edit(Call call);
void handle_list_edits(Call call);
void handle_get_edit(Call call);
void handle_apply_edit(Call call);
void handle_revert_edit(Call call);

// completion_handlers.cc
void handle_completion(Call call);
void handle_chat(Call call);

// warm_handlers.cc
void handle_warm(Call call);

// session_handlers.cc
void handle_sessions(Call call);
void handle_delete_session(Call call);
void handle_pin_session(Call call);
void handle_unpin_session(Call call);
void handle_save_session(Call call);
void handle_restore_session(Call call);

// tokenize_handlers.cc
void handle_tokenize(Call call);
void handle_detokenize(Call call);

// workspace_handlers.cc
void handle_outline(Call call);
void handle_symbols(Call call);
void handle_context(Call call);

// service_handlers.cc
void handle_root(Call call);
void handle_openapi(Call call);
void handle_metrics(Call call);
void handle_alive(Call call);
void handle_ready(Call call);
void handle_health(Call call);
void handle_models(Call call);

}  // namespace cromwell::api
