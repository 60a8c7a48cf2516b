#include "api/edit_records.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string>

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

}  // namespace

bool is_edit_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxEditIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

JsonOut record_json(const workspace::EditRecord& record, bool with_patch) {
  JsonOut object;
  object["id"] = record.id;
  object["state"] = state_name(record.state);
  object["workspace"] = record.workspace;
  object["file"] = record.file;
  object["base_sha256"] = record.base_sha256;
  object["new_sha256"] = record.new_sha256;
  object["instruction"] = record.instruction;
  object["created"] = utc_text(record.created);
  if (with_patch) put_patch(object, record.patch);
  return object;
}

JsonOut applied_record_json(const workspace::Applied& applied, const char* state) {
  JsonOut object;
  object["file"] = applied.file;
  object["id"] = applied.id;
  object["state"] = state;
  object["hash"] = applied.sha256;
  object["guarantee"] = applied.guarantee;
  return object;
}

JsonOut record_schema(bool with_patch) {
  JsonOut schema =
      schema::object({{"id", schema::text()},
                      {"state", schema::one_of_texts({"proposed", "applied", "reverted"})},
                      {"workspace", schema::text("absolute folder")},
                      {"file", schema::text("relative to the workspace")},
                      {"base_sha256", schema::text("of the file as it was read")},
                      {"new_sha256", schema::text("of the file with the edit")},
                      {"instruction", schema::text()},
                      {"created", schema::text("UTC, RFC 3339")}});
  if (with_patch) {
    schema["properties"]["patch"] = schema::text("unified diff");
    schema["properties"]["patch_b64"] =
        schema::text("the exact patch where it is not UTF-8; patch is then for display");
    schema["required"].push_back("patch");
  }
  return schema;
}

JsonOut applied_record_schema() {
  return schema::object(
      {{"file", schema::text()},
       {"id", schema::text()},
       {"state", schema::one_of_texts({"applied", "reverted"})},
       {"hash", schema::text("SHA-256 of the file as it is now")},
       {"guarantee", schema::one_of_texts({"exact", "best_effort"},
                                          "best_effort: the file system cannot tell us of a save "
                                          "in the very moment of ours")}});
}

}  // namespace cromwell::api
