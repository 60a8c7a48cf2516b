#include "api/edit_records.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string>

#include "api/call.h"
#include "api/limits.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

const char* state_name(workspace::EditState state) {
  switch (state) {
    case workspace::EditState::kProposed:
      return "proposed";
    case workspace::EditState::kApplied:
      return "applied";
    case workspace::EditState::kReverted:
      return "reverted";
  }
  return "proposed";
}

std::string utc_text(std::chrono::system_clock::time_point point) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(point);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

base::Result<std::string> read_idempotency_key(const HttpRequest& request) {
  const std::string key(request.header("Idempotency-Key"));
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (key.size() > kMaxIdempotencyKeyBytes || !printable) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "Idempotency-Key: expected at most " +
                           std::to_string(kMaxIdempotencyKeyBytes) + " visible characters of ASCII",
                       "Idempotency-Key"};
  }
  return key;
}

}  // namespace

bool is_edit_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxEditIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

const FieldTable<EditListQuery>& edit_list_fields() {
  static const auto table =
      FieldTable<EditListQuery>()
          .integer<int>("limit", &EditListQuery::limit, {1, kMaxListedEdits}, "At most so many.")
          .text("before", &EditListQuery::before, {0, kMaxEditIdBytes},
                "Only edits older than the one of this id: `next` of the page before.");
  return table;
}

const FieldTable<workspace::ApplyOptions>& apply_fields() {
  static const auto table = FieldTable<workspace::ApplyOptions>().boolean(
      "merge", &workspace::ApplyOptions::merge,
      "Where a file changed since the edit was made, merge both changes; refused with 409 where "
      "they touch the same lines. The edit then starts from the file as it was before.");
  return table;
}

base::Result<workspace::ApplyOptions> read_apply(const HttpRequest& request) {
  CROMWELL_ASSIGN(workspace::ApplyOptions options, read_optional_body(apply_fields(), request));
  CROMWELL_ASSIGN(options.key, read_idempotency_key(request));
  return options;
}

base::Result<workspace::ApplyOptions> read_revert(const HttpRequest& request) {
  CROMWELL_TRY(read_optional_body(no_fields(), request));
  workspace::ApplyOptions options;
  CROMWELL_ASSIGN(options.key, read_idempotency_key(request));
  return options;
}

JsonOut apply_header_schema() {
  JsonOut key = schema::text("Chosen by the client; the same request under it is done once.");
  key["minLength"] = 1;
  key["maxLength"] = kMaxIdempotencyKeyBytes;
  key["pattern"] = "^[!-~]*$";
  return schema::object({{"Idempotency-Key", key, true}});
}

JsonOut record_list_json(const std::vector<workspace::EditRecord>& records,
                         const EditListQuery& query) {
  auto from = records.begin();
  if (!query.before.empty()) {
    from = std::find_if(from, records.end(),
                        [&](const auto& record) { return record.id == query.before; });
    if (from != records.end()) ++from;
  }
  const auto rest = static_cast<std::size_t>(records.end() - from);
  const auto to =
      from + static_cast<std::ptrdiff_t>(std::min(rest, static_cast<std::size_t>(query.limit)));
  JsonOut answer;
  answer["edits"] = JsonOut::array();
  for (auto record = from; record != to; ++record) {
    answer["edits"].push_back(record_json(*record, false));
  }
  answer["next"] = to == records.end() ? JsonOut() : JsonOut(std::prev(to)->id);
  return answer;
}

JsonOut record_list_schema() {
  return schema::object(
      {{"edits", schema::list(record_schema(false))},
       {"next", schema::nullable(schema::text("`before` of the next page; null: no more"))}});
}

JsonOut record_json(const workspace::EditRecord& record, bool with_patch) {
  JsonOut object;
  object["id"] = record.id;
  object["state"] = state_name(record.state);
  object["workspace"] = record.workspace;
  object["file"] = record.files.front().file;
  object["base_sha256"] = record.files.front().base_sha256;
  object["new_sha256"] = record.files.front().new_sha256;
  object["instruction"] = record.instruction;
  object["created"] = utc_text(record.created);
  object["files"] = JsonOut::array();
  std::string patch;
  for (const workspace::FileChange& file : record.files) {
    object["files"].push_back(
        {{"file", file.file}, {"base_sha256", file.base_sha256}, {"new_sha256", file.new_sha256}});
    patch += file.patch;
  }
  if (with_patch) put_patch(object, patch);
  return object;
}

JsonOut applied_record_json(const workspace::Applied& applied, const char* state) {
  JsonOut object;
  object["file"] = applied.files.front().file;
  object["id"] = applied.id;
  object["state"] = state;
  object["hash"] = applied.files.front().sha256;
  object["guarantee"] = applied.guarantee;
  object["files"] = JsonOut::array();
  for (const workspace::AppliedFile& file : applied.files) {
    object["files"].push_back({{"file", file.file}, {"hash", file.sha256}});
  }
  return object;
}

JsonOut record_schema(bool with_patch) {
  const JsonOut file = schema::text("relative to the workspace; of several the first");
  const JsonOut base = schema::text("of the file as it was read");
  const JsonOut edited = schema::text("of the file with the edit");
  JsonOut schema = schema::object(
      {{"id", schema::text()},
       {"state", schema::one_of_texts({"proposed", "applied", "reverted"})},
       {"workspace", schema::text("absolute folder")},
       {"file", file},
       {"base_sha256", base},
       {"new_sha256", edited},
       {"instruction", schema::text()},
       {"created", schema::text("UTC, RFC 3339")},
       {"files", schema::list(schema::object({{"file", schema::text("relative to the workspace")},
                                              {"base_sha256", base},
                                              {"new_sha256", edited}}))}});
  if (with_patch) {
    schema["properties"]["patch"] = schema::text("unified diff, of all files");
    schema["properties"]["patch_b64"] =
        schema::text("the exact patch where it is not UTF-8; patch is then for display");
    schema["required"].push_back("patch");
  }
  return schema;
}

JsonOut applied_record_schema() {
  const JsonOut hash = schema::text("SHA-256 of the file as it is now");
  return schema::object(
      {{"file", schema::text("of several the first")},
       {"id", schema::text()},
       {"state", schema::one_of_texts({"applied", "reverted"})},
       {"hash", hash},
       {"guarantee", schema::one_of_texts({"exact", "best_effort"},
                                          "best_effort: the file system cannot tell us of a save "
                                          "in the very moment of ours")},
       {"files", schema::list(schema::object({{"file", schema::text()}, {"hash", hash}}))}});
}

}  // namespace cromwell::api
