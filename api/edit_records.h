// Stored edits on the wire. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/field_table.h"
#include "api/http.h"
#include "api/json_writer.h"
#include "workspace/edit_store.h"

namespace cromwell::api {

// Whether a store could have given this id; others are not even looked for.
bool is_edit_id(std::string_view id);

struct EditListQuery {
  int limit = 100;
  std::string before;  // an edit's id: those that are older
};

const FieldTable<EditListQuery>& edit_list_fields();
const FieldTable<workspace::ApplyOptions>& apply_fields();
// The body's fields, all optional, as is the body, and the Idempotency-Key header. A revert has
// only the header.
base::Result<workspace::ApplyOptions> read_apply(const HttpRequest& request);
base::Result<workspace::ApplyOptions> read_revert(const HttpRequest& request);

// One page of `records`, and where the next begins.
JsonOut apply_header_schema();
JsonOut record_list_json(const std::vector<workspace::EditRecord>& records,
                         const EditListQuery& query);
JsonOut record_list_schema();
JsonOut record_json(const workspace::EditRecord& record, bool with_patch);
JsonOut applied_record_json(const workspace::Applied& applied, const char* state);
JsonOut record_schema(bool with_patch);
JsonOut applied_record_schema();

}  // namespace cromwell::api
