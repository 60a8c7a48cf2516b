#include "api/edit_schemas.h"

#include <algorithm>

#include "api/schema.h"
#include "api/workspace_wire.h"
#include "edit/protocol.h"

namespace cromwell::api {
namespace {

JsonOut lines_schema() {
  return schema::object({{"start_line", schema::integer()}, {"end_line", schema::integer()}},
                        "1-based and inclusive");
}

JsonOut of_several() { return schema::text("which file, where the request gives `files`"); }

JsonOut start_schema() {
  return schema::object(
      {{"id", schema::text("the edit's id, for /v1/edits/{id}")},
       {"model", schema::text()},
       {"session", schema::text()},
       {"workspace", schema::text("absolute folder")},
       {"file", schema::text("of several the first, as are base_sha256 and region")},
       {"base_sha256", schema::text("of the file as it was read")},
       {"region", lines_schema()},
       {"files",
        schema::list(schema::object({{"file", schema::text()},
                                     {"base_sha256", schema::text()},
                                     {"region", lines_schema()}}),
                     "where the request gives `files`"),
        true},
       {"protocol", schema::one_of_texts(edit::protocol_names())},
       {"prompt_tokens", schema::integer()},
       {"cached_tokens", schema::integer()},
       {"seed", schema::integer("the first candidate's")},
       {"context", schema::object({{"used", schema::list(schema::text())},
                                   {"dropped", schema::list(schema::text())},
                                   {"explained", context_pieces_schema(), true}})}});
}

JsonOut diff_schema() {
  return schema::object(
      {{"file", schema::text()},
       {"patch", schema::text("unified, a/ b/; empty if nothing changes")},
       {"patch_b64",
        schema::text("the exact patch where it is not UTF-8; patch is then for display"), true},
       {"stats", schema::object({{"added", schema::integer()},
                                 {"removed", schema::integer()},
                                 {"hunks", schema::integer()}})},
       {"validation",
        schema::object(
            {{"applies", schema::boolean("proven by applying the patch to the snapshot")},
             {"parses",
              schema::nullable(schema::boolean(
                  "no syntax error that the file had not before; null: it cannot be told"))},
             {"checks",
              schema::list(schema::object(
                  {{"name", schema::text("the program's")},
                   {"status", schema::one_of_texts({"passed", "skipped"})},
                   {"output", schema::text("what it printed, or why it was skipped")}}))}})}});
}

JsonOut applied_schema() {
  return schema::object({{"file", schema::text()},
                         {"id", schema::text()},
                         {"hash", schema::text("SHA-256 of the file as it is now")},
                         {"guarantee", schema::one_of_texts({"exact", "best_effort"})}});
}

JsonOut done_schema() {
  return schema::object(
      {{"finish_reason", schema::one_of_texts({"stop", "no_change"})},
       {"confidence", schema::number("mean probability of what the model wrote and did not copy; "
                                     "of several files the least")},
       {"attempt", schema::integer("whose answer it is, from 1; of several files the last")},
       {"seed", schema::integer("the winner's: candidate i has the first's plus i")},
       {"refused", schema::list(schema::object({{"file", of_several(), true},
                                                {"attempt", schema::integer()},
                                                {"reason", schema::text()}}))},
       {"usage", schema::ref("Usage")},
       {"timings", schema::ref("Timings")}});
}

JsonOut error_schema() {
  JsonOut detail = schema::nullable(schema::ref("EditFailureDetail"));
  return schema::object({{"code", schema::text()},
                         {"type", schema::text()},
                         {"message", schema::text()},
                         {"param", schema::nullable(schema::text())},
                         {"status", schema::integer("the HTTP status it would have been")},
                         {"detail", detail},
                         {"usage", schema::ref("Usage")}});
}

}  // namespace

JsonOut edit_events_header_schema() {
  JsonOut number = schema::text("The number of the last event that the client has; none: all.");
  number["pattern"] = "^[0-9]{1,19}$";
  return schema::object({{"Last-Event-ID", number, true}});
}

JsonOut edit_schema() {
  JsonOut whole = start_schema();
  // One of them, as the request gives `file` or `files`.
  whole["properties"]["diff"] = schema::ref("EditEvent_diff");
  whole["properties"]["diffs"] = schema::list(schema::ref("EditEvent_diff"));
  JsonOut applied = applied_schema();
  applied["properties"]["files"] = schema::list(
      schema::object({{"file", schema::text()}, {"hash", schema::text()}}), "of several: all");
  whole["properties"]["applied"] = schema::nullable(applied);
  whole["required"].push_back("applied");
  const JsonOut done = done_schema();
  whole["properties"].update(done["properties"]);
  JsonOut& required = whole["required"];
  for (const JsonOut& name : done["required"]) {
    if (std::find(required.begin(), required.end(), name) == required.end()) {
      required.push_back(name);
    }
  }
  return whole;
}

JsonOut edit_event_schemas() {
  JsonOut events;
  events["start"] = start_schema();
  events["progress"] =
      schema::object({{"processed", schema::integer()}, {"total", schema::integer()}});
  events["token"] = schema::object(
      {{"file", of_several(), true}, {"attempt", schema::integer()}, {"text", schema::text()}});
  events["rewind"] = schema::object(
      {{"file", of_several(), true},
       {"attempt", schema::integer()},
       {"to_bytes", schema::integer("what the attempt's text is cut back to; hunks that "
                                    "came behind it are void")}});
  events["hunk"] = schema::object({{"file", of_several(), true},
                                   {"old_start", schema::integer()},
                                   {"old_lines", schema::integer()},
                                   {"new_start", schema::integer()},
                                   {"new_lines", schema::integer()},
                                   {"lines", schema::list(schema::text())}});
  events["diff"] = diff_schema();
  events["applied"] = applied_schema();
  events["done"] = done_schema();
  events["error"] = error_schema();
  return events;
}

}  // namespace cromwell::api
