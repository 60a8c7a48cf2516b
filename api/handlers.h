// The handlers, one function for each route; api/routes says which is which. None blocks: they
// parse, enqueue and return.
#pragma once

#include "api/call.h"

namespace cromwell::api {

// edit_handlers.cc
void handle_edit(Call call);
void handle_edit_events(Call call);
void handle_cancel_edit(Call call);
void handle_list_edits(Call call);
void handle_get_edit(Call call);
void handle_apply_edit(Call call);
void handle_revert_edit(Call call);

// completion_handlers.cc
void handle_completion(Call call);
void handle_chat(Call call);

// complete_handlers.cc
void handle_complete(Call call);

// llama_handlers.cc
void handle_llama_completion(Call call);
void handle_infill(Call call);

// llama_server_handlers.cc
void handle_apply_template(Call call);
void handle_props(Call call);
void handle_slots(Call call);

// ollama_handlers.cc
void handle_ollama_generate(Call call);
void handle_ollama_chat(Call call);
void handle_ollama_tags(Call call);
void handle_ollama_ps(Call call);
void handle_ollama_show(Call call);
void handle_ollama_version(Call call);

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
void handle_files(Call call);
void handle_file(Call call);
void handle_outline(Call call);
void handle_symbols(Call call);
void handle_context(Call call);

// page_handlers.cc
void handle_page_file(Call call);

// service_handlers.cc
void handle_root(Call call);
void handle_openapi(Call call);
void handle_metrics(Call call);
void handle_alive(Call call);
void handle_ready(Call call);
void handle_health(Call call);
void handle_models(Call call);
void handle_model(Call call);

}  // namespace cromwell::api
