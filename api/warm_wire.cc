#include "api/warm_wire.h"

#include "api/edit_wire.h"
#include "api/limits.h"
#include "api/sampling_fields.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

using edit::EditRequest;

template <class T>
auto of_edit(T EditRequest::* member) {
  return [member](WarmBody& body) -> T& { return body.edit.*member; };
}

FieldTable<WarmBody> make_fields() {
  FieldTable<WarmBody> table;
  table.custom("prompt", &WarmBody::prompt, prompt_schema(), read_prompt)
      .text("file", of_edit(&EditRequest::file), {0, kMaxPathBytes},
            "Instead of a prompt: path of a file that will be edited, relative to the workspace.")
      .text("workspace", of_edit(&EditRequest::workspace), {0, kMaxPathBytes},
            "With file, as in /v1/edit.")
      .absolute_path()
      .object("selection", of_edit(&EditRequest::selection), selection_fields(),
              "With file, as in /v1/edit: the lines that will be edited.")
      .text("content", of_edit(&EditRequest::content), {0, kMaxContentBytes},
            "With file, as in /v1/edit: the editor's unsaved text.")
      .text("session", of_edit(&EditRequest::session), {0, kMaxSessionBytes},
            "The next request of the session ends the warming and goes on where it was.");
  add_lora(table, &WarmBody::lora);
  return table;
}

}  // namespace

const FieldTable<WarmBody>& warm_fields() {
  static const FieldTable<WarmBody> table = make_fields();
  return table;
}

base::Result<> check_warm(const WarmBody& body) {
  const bool has_file = !body.edit.file.empty();
  if (body.prompt.has_value() == has_file) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       has_file ? "prompt, file: both are given, expected one of them"
                                : "prompt, file: neither is given, expected one of them",
                       "prompt"};
  }
  return check_selection(body.edit.selection);
}

JsonOut warmed_json(const Warmed& warmed) {
  JsonOut object;
  object["session"] = warmed.session;
  object["prompt_tokens"] = warmed.prompt_tokens;
  object["cached_tokens"] = warmed.cached_tokens;
  object["warm_tokens"] = warmed.warm_tokens;
  return object;
}

JsonOut warmed_schema() {
  return schema::object(
      {{"session", schema::text()},
       {"prompt_tokens", schema::integer("of the prompt, or of what edits of the file begin with")},
       {"cached_tokens", schema::integer("of them, in memory before")},
       {"warm_tokens",
        schema::integer("of them, in memory now; not all if a request of the session came")}});
}

}  // namespace cromwell::api
