// POST /v1/edit on the wire: the request's fields, and each event of an edit as JSON. Not here:
// when events are sent (api/edit_reply) and stored edits (api/edit_records). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/field_table.h"
#include "api/http.h"
#include "api/json_writer.h"
#include "edit/edit_events.h"

namespace cromwell::api {

struct EditBody {
  edit::EditRequest edit;
  std::optional<bool> stream;  // if given, beats the Accept header
  bool resumable = false;
  std::optional<std::string> lora;
  std::string model;
};

const FieldTable<EditBody>& edit_fields();
const FieldTable<workspace::LineRange>& selection_fields();
const FieldTable<edit::ContextFields>& context_fields();
base::Result<> check_selection(const std::optional<workspace::LineRange>& lines,
                               const std::string& path = "selection");
// What no single field can say; the rest of a request that the table has accepted.
base::Result<> check_edit(const EditBody& body);
// The number in Last-Event-ID; 0, before the first, where there is no such header.
base::Result<std::uint64_t> read_last_event(const HttpRequest& request);

JsonOut start_json(const edit::EditStarted& event, const std::string& model);
JsonOut progress_json(const edit::EditProgress& event);
JsonOut token_json(const edit::EditToken& event);
JsonOut rewind_json(const edit::EditRewind& event);
JsonOut hunk_json(const edit::EditHunk& event);
JsonOut diff_json(const edit::EditDiff& event);
JsonOut applied_json(const edit::EditApplied& event);
JsonOut done_json(const edit::EditDone& event);
// {attempts: [{attempt, text, reason}]} of an edit that was refused, else null.
JsonOut failure_detail(const edit::EditFailed& event);
JsonOut error_event_json(const edit::EditFailed& event);

// What an edit's answer is put together from, where it is not streamed.
struct AnswerParts {
  edit::EditStarted start;
  std::vector<edit::EditDiff> diffs;
  std::vector<edit::EditApplied> applied;
};
JsonOut edit_answer(const AnswerParts& parts, const std::string& model, const edit::EditDone& done);

}  // namespace cromwell::api
