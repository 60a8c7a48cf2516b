// POST /v1/warm on the wire: a prompt, or a file of which edits are expected. Any thread.
#pragma once

#include <optional>
#include <string>

#include "api/completion_wire.h"
#include "api/field_table.h"
#include "edit/edit_events.h"

namespace cromwell::api {

struct WarmBody {
  std::optional<Prompt> prompt;  // or
  edit::EditRequest edit;        // file, workspace, content, selection, protocol; session of both
  std::optional<std::string> lora;
};

// What is in memory of the prompt at the end.
struct Warmed {
  std::string session;
  int prompt_tokens = 0;
  int cached_tokens = 0;  // already there
  int warm_tokens = 0;    // there now
};

const FieldTable<WarmBody>& warm_fields();
base::Result<> check_warm(const WarmBody& body);
JsonOut warmed_json(const Warmed& warmed);
JsonOut warmed_schema();

}  // namespace cromwell::api
