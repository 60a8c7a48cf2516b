// Stored edits on the wire. Any thread.
#pragma once

#include <string_view>

#include "api/json_writer.h"
#include "workspace/edit_store.h"

namespace cromwell::api {

// Whether a store could have given this id; others are not even looked for.
bool is_edit_id(std::string_view id);

JsonOut record_json(const workspace::EditRecord& record, bool with_patch);
JsonOut applied_record_json(const workspace::Applied& applied, const char* state);
JsonOut record_schema(bool with_patch);
JsonOut applied_record_schema();

}  // namespace cromwell::api
