#include "api/edit_wire.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "api/error_status.h"
#include "api/limits.h"
#include "api/sampling_fields.h"
#include "api/usage_wire.h"
#include "api/workspace_wire.h"
#include "edit/protocol.h"

namespace cromwell::api {
namespace {

using edit::EditRequest;
using workspace::LineRange;

template <class T>
auto of_edit(T EditRequest::* member) {
  return [member](EditBody& body) -> T& { return body.edit.*member; };
}

const FieldTable<edit::Cursor>& cursor_fields() {
  static const auto table =
      FieldTable<edit::Cursor>()
          .integer<int>("line", &edit::Cursor::line, {1, kMaxInt}, "The line, 1-based.")
          .required()
          .integer<int>("column", &edit::Cursor::column, {1, kMaxInt},
                        "Before which character of the line, 1-based. Default: the line's end.");
  return table;
}

const FieldTable<edit::EditFile>& edit_file_fields() {
  using edit::EditFile;
  static const auto table =
      FieldTable<EditFile>()
          .text("file", &EditFile::file, {1, kMaxPathBytes}, "Path, relative to the workspace.")
          .required()
          .object("selection", &EditFile::selection, selection_fields(),
                  "The lines of it that may change. Default: those of the symbol that the "
                  "instruction names, else the whole file.")
          .text("content", &EditFile::content, {0, kMaxContentBytes},
                "The editor's unsaved text of it, if it differs from the disk.")
          .text("base_sha256", &EditFile::base_sha256, {0, kSha256HexBytes},
                "Refuse with 409 unless the file on disk has this hash.");
  return table;
}

base::Result<std::string> read_protocol(const JsonIn& value, const std::string& path) {
  CROMWELL_ASSIGN(std::string name, read_text(value, path, {1, kMaxNameBytes}));
  if (auto found = edit::find_protocol(name); !found) return std::move(found).error();
  return name;
}

FieldTable<EditBody> make_fields() {
  FieldTable<EditBody> table;
  table
      .text("file", of_edit(&EditRequest::file), {1, kMaxPathBytes},
            "Path of the file, relative to the workspace. Required, or `files` is.")
      .objects("files", of_edit(&EditRequest::files), edit_file_fields(), {1, kMaxEditFiles},
               "Instead of `file` and what says more of it: one edit of several files, asked for "
               "in this order, applied and reverted all or none. Not for the protocol fim.")
      .text("instruction", of_edit(&EditRequest::instruction), {1, kMaxInstructionBytes},
            "What is to be changed, in words.")
      .required()
      .text("workspace", of_edit(&EditRequest::workspace), {0, kMaxPathBytes},
            "Absolute folder: a root of the daemon or beneath one. Default: the first root.")
      .absolute_path()
      .object("selection", of_edit(&EditRequest::selection), selection_fields(),
              "The lines that may change, 1-based and inclusive. Default: the whole file.")
      .object("cursor", of_edit(&EditRequest::cursor), cursor_fields(),
              "Instead of a selection: the function, class or statement around it may change; with "
              "the protocol fim, where something is to be put in.")
      .text("content", of_edit(&EditRequest::content), {0, kMaxContentBytes},
            "The editor's unsaved text of the file, if it differs from the disk.")
      .text("base_sha256", of_edit(&EditRequest::base_sha256), {0, kSha256HexBytes},
            "Refuse with 409 unless the file on disk has this hash.")
      .text("session", of_edit(&EditRequest::session), {0, kMaxSessionBytes},
            "Edits of one session share its cache and run one after the other.")
      .custom("protocol", of_edit(&EditRequest::protocol),
              schema::one_of_texts(edit::protocol_names(),
                                   "How the model says the change. rewrite: the lines anew; "
                                   "search_replace: blocks of lines to look for and to put in "
                                   "their place; script: Cromwell's own tokens, for models that "
                                   "have them; fim: what belongs in the place of the selection or "
                                   "the cursor; whole: the whole file anew. Default: the model's "
                                   "own, rewrite for most."),
              read_protocol)
      .integer<int>("candidates", of_edit(&EditRequest::candidates), {1, kMaxChoices},
                    "How many answers the model gives; the likeliest that is a valid edit wins. "
                    "Answer i has the seed plus i. One that changes nothing wins only where no "
                    "other is valid.")
      .integer<int>("retries", of_edit(&EditRequest::retries), {0, kMaxRetries},
                    "How often the model tries again when its answer brings a syntax error, which "
                    "it is told of, or goes on when it has only explained what is to come.")
      .object("context", of_edit(&EditRequest::context), context_fields(),
              "What of the workspace is shown to the model beside the region.")
      .boolean("explain", of_edit(&EditRequest::explain),
               "Say in `context.explained` what was thought of, and its score.")
      .boolean("apply", of_edit(&EditRequest::apply), "Write the result to the file at once.")
      .boolean("merge", of_edit(&EditRequest::merge),
               "With apply: where the file changed in the meantime, merge both changes.")
      .boolean("stream", &EditBody::stream,
               "Answer with server-sent events; beats the Accept header.")
      .boolean("resumable", &EditBody::resumable,
               "Number the events of a stream, and when its connection breaks go on for half a "
               "minute: GET /v1/edits/{id}/events has the rest. Otherwise the edit ends with its "
               "client.")
      .integer<int>("max_tokens", of_edit(&EditRequest::max_tokens), {1, kMaxInt},
                    "A cap on what the model writes for a file; it is cut to what the context "
                    "holds.");
  add_sampling(table, [](EditBody& body) -> auto& { return body.edit.sampling; });
  add_priority(table, of_edit(&EditRequest::priority));
  add_lora(table, &EditBody::lora);
  table
      .texts("stop", of_edit(&EditRequest::stop), {0, kMaxStops}, {1, kMaxStopBytes},
             "The model's text ends before the first of these.")
      .custom("prediction", of_edit(&EditRequest::prediction),
              prediction_schema("The region's new text as it is expected to be; without it the "
                                "old text is what the model is expected to repeat. It makes the "
                                "edit come faster where it is right and never changes it."),
              read_prediction)
      .integer<int>("t_max_prompt_ms", of_edit(&EditRequest::max_prompt_ms), {0, kMaxInt},
                    "Give up when the prompt takes longer; 0 is no limit.")
      .integer<int>("t_max_predict_ms", of_edit(&EditRequest::max_predict_ms), {0, kMaxInt},
                    "Give up when the answers, retries included, take longer; 0 is no limit.")
      .text("model", &EditBody::model, {0, kMaxNameBytes},
            "Ignored: one model is resident, and the answer names it.");
  return table;
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
}

JsonOut lines_json(LineRange range) {
  JsonOut object;
  object["start_line"] = range.first;
  object["end_line"] = range.last;
  return object;
}

JsonOut stats_json(const workspace::Diff& diff) {
  JsonOut object;
  object["added"] = diff.added;
  object["removed"] = diff.removed;
  object["hunks"] = diff.hunks.size();
  return object;
}

// An edit of which a check failed is refused, so that none of these says so.
const char* check_status(workspace::CheckStatus status) {
  return status == workspace::CheckStatus::kPassed ? "passed" : "skipped";
}

JsonOut files_json(const std::vector<edit::StartedFile>& files) {
  JsonOut list = JsonOut::array();
  for (const edit::StartedFile& one : files) {
    JsonOut object;
    object["file"] = one.file;
    object["base_sha256"] = one.base_sha256;
    object["region"] = lines_json(one.region);
    list.push_back(std::move(object));
  }
  return list;
}

JsonOut refused_json(const edit::RefusedAnswer& refused, bool with_text) {
  JsonOut object;
  if (!refused.file.empty()) object["file"] = refused.file;
  object["attempt"] = refused.attempt;
  if (with_text) object["text"] = refused.text;
  object["reason"] = refused.reason;
  return object;
}

base::Result<> check_hash(const std::string& hash, const std::string& path) {
  const bool is_one = hash.size() == kSha256HexBytes &&
                      hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hash.empty() || is_one) return {};
  return wrong_value(path, "64 lower-case hex digits", std::string("something else"));
}

JsonOut validation_json(const edit::EditValidation& validation) {
  JsonOut object;
  object["applies"] = validation.applies;
  object["parses"] = validation.parses ? JsonOut(*validation.parses) : JsonOut();
  object["checks"] = JsonOut::array();
  for (const workspace::CheckResult& check : validation.checks) {
    object["checks"].push_back(
        {{"name", check.name}, {"status", check_status(check.status)}, {"output", check.output}});
  }
  return object;
}

}  // namespace

const FieldTable<edit::ContextFields>& context_fields() {
  using edit::ContextFields;
  static const auto table =
      FieldTable<ContextFields>()
          .texts("add", &ContextFields::add, {0, kMaxContextPaths}, {1, kMaxPathBytes},
                 "Files that are shown before all else, folded to their outline.")
          .texts("forbid", &ContextFields::forbid, {0, kMaxContextPaths}, {1, kMaxPathBytes},
                 "Files that are never shown.")
          .texts("open", &ContextFields::open, {0, kMaxContextPaths}, {1, kMaxPathBytes},
                 "Files that are open in the editor: likelier to matter.")
          .integer<int>("budget", &ContextFields::budget, {0, kMaxInt},
                        "Tokens of context at most. Default: by the model's size, 0 for small "
                        "models.");
  return table;
}

const FieldTable<LineRange>& selection_fields() {
  static const auto table =
      FieldTable<LineRange>()
          .integer<int>("start_line", &LineRange::first, {1, kMaxInt}, "The first line.")
          .required()
          .integer<int>("end_line", &LineRange::last, {1, kMaxInt}, "The last line.")
          .required();
  return table;
}

const FieldTable<EditBody>& edit_fields() {
  static const FieldTable<EditBody> table = make_fields();
  return table;
}

base::Result<> check_selection(const std::optional<LineRange>& lines, const std::string& path) {
  if (!lines || lines->last >= lines->first) return {};
  return wrong_value(path + ".end_line",
                     "an integer >= start_line (" + std::to_string(lines->first) + ")",
                     std::to_string(lines->last));
}

base::Result<> check_edit(const EditBody& body) {
  if (is_blank(body.edit.instruction)) {
    return wrong_value("instruction", "what is to be changed, in words",
                       std::string("blanks only"));
  }
  const EditRequest& edit = body.edit;
  if (edit.file.empty() && edit.files.empty()) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "file: missing, but required where files is not given", "file"};
  }
  CROMWELL_TRY(check_selection(edit.selection));
  CROMWELL_TRY(check_hash(edit.base_sha256, "base_sha256"));
  for (std::size_t i = 0; i < edit.files.size(); ++i) {
    const std::string path = "files[" + std::to_string(i) + "]";
    CROMWELL_TRY(check_selection(edit.files[i].selection, path + ".selection"));
    CROMWELL_TRY(check_hash(edit.files[i].base_sha256, path + ".base_sha256"));
  }
  return {};
}

base::Result<std::uint64_t> read_last_event(const HttpRequest& request) {
  const std::string_view text = request.header("Last-Event-ID");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || (error == std::errc() && end == text.data() + text.size())) return number;
  return base::Error{base::ErrorCode::kInvalidRequest,
                     "Last-Event-ID: expected the number of an event", "Last-Event-ID"};
}

JsonOut start_json(const edit::EditStarted& event, const std::string& model) {
  JsonOut object;
  object["id"] = event.id;
  object["model"] = model;
  object["session"] = event.session;
  object["workspace"] = event.workspace;
  object["file"] = event.file;
  object["base_sha256"] = event.base_sha256;
  object["region"] = lines_json(event.region);
  if (!event.files.empty()) object["files"] = files_json(event.files);
  object["protocol"] = event.protocol;
  object["prompt_tokens"] = event.prompt_tokens;
  object["cached_tokens"] = event.cached_tokens;
  object["seed"] = event.seed;
  object["context"]["used"] = event.context_used;
  object["context"]["dropped"] = event.context_dropped;
  if (!event.context_explained.empty()) {
    object["context"]["explained"] = context_pieces_json(event.context_explained);
  }
  return object;
}

JsonOut progress_json(const edit::EditProgress& event) {
  JsonOut object;
  object["processed"] = event.processed;
  object["total"] = event.total;
  return object;
}

JsonOut token_json(const edit::EditToken& event) {
  JsonOut object;
  if (!event.file.empty()) object["file"] = event.file;
  object["attempt"] = event.attempt;
  object["text"] = event.text;
  return object;
}

JsonOut rewind_json(const edit::EditRewind& event) {
  JsonOut object;
  if (!event.file.empty()) object["file"] = event.file;
  object["attempt"] = event.attempt;
  object["to_bytes"] = event.to_bytes;
  return object;
}

JsonOut hunk_json(const edit::EditHunk& event) {
  JsonOut object;
  if (!event.file.empty()) object["file"] = event.file;
  object["old_start"] = event.hunk.old_start;
  object["old_lines"] = event.hunk.old_lines;
  object["new_start"] = event.hunk.new_start;
  object["new_lines"] = event.hunk.new_lines;
  object["lines"] = event.hunk.lines;
  return object;
}

JsonOut diff_json(const edit::EditDiff& event) {
  JsonOut object;
  object["file"] = event.file;
  put_patch(object, event.diff.patch);
  object["stats"] = stats_json(event.diff);
  object["validation"] = validation_json(event.validation);
  return object;
}

JsonOut applied_json(const edit::EditApplied& event) {
  JsonOut object;
  object["file"] = event.file;
  object["id"] = event.id;
  object["hash"] = event.sha256;
  object["guarantee"] = event.guarantee;
  return object;
}

JsonOut done_json(const edit::EditDone& event) {
  JsonOut object;
  object["finish_reason"] = event.finish_reason;
  object["confidence"] = shortest(event.confidence);
  object["attempt"] = event.attempt;
  object["seed"] = event.seed;
  object["refused"] = JsonOut::array();
  for (const edit::RefusedAnswer& refused : event.refused) {
    object["refused"].push_back(refused_json(refused, false));
  }
  object["usage"] = usage_json(event.usage, event.has_prediction);
  object["timings"] = timings_json(event.timings, event.usage);
  return object;
}

JsonOut failure_detail(const edit::EditFailed& event) {
  if (event.attempts.empty()) return nullptr;
  JsonOut detail;
  for (const edit::RefusedAnswer& refused : event.attempts) {
    detail["attempts"].push_back(refused_json(refused, true));
  }
  return detail;
}

JsonOut error_event_json(const edit::EditFailed& event) {
  JsonOut object = error_object(event.error);
  object["status"] = http_status(event.error.code, Dialect::kOwn);
  object["detail"] = failure_detail(event);
  object["usage"] = usage_json(event.usage, event.has_prediction);
  return object;
}

JsonOut edit_answer(const AnswerParts& parts, const std::string& model,
                    const edit::EditDone& done) {
  JsonOut object = start_json(parts.start, model);
  const auto& applied = parts.applied;
  if (parts.start.files.empty()) {
    object["diff"] =
        diff_json(parts.diffs.empty() ? edit::EditDiff{.file = parts.start.file} : parts.diffs[0]);
  } else {
    object["diffs"] = JsonOut::array();
    for (const edit::EditDiff& diff : parts.diffs) object["diffs"].push_back(diff_json(diff));
  }
  object["applied"] = applied.empty() ? JsonOut() : applied_json(applied.front());
  if (!parts.start.files.empty() && !applied.empty()) {
    JsonOut& files = object["applied"]["files"] = JsonOut::array();
    for (const edit::EditApplied& one : applied) {
      files.push_back({{"file", one.file}, {"hash", one.sha256}});
    }
  }
  object.update(done_json(done));
  return object;
}

}  // namespace cromwell::api
