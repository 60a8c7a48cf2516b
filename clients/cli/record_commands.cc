// cromwell apply ID, revert ID, edits: the records of edits, the daemon's or our own.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/json_output.h"
#include "clients/cli/local_records.h"
#include "clients/cli/server_flags.h"
#include "clients/cli/terminal.h"
#include "clients/lsp/rpc.h"

namespace cromwell::cli {
namespace {

using base::Result;
using nlohmann::json;

struct RecordFlags {
  std::string id;
  bool json = false;
  bool local = false;
  ServerFlags server;
};

bool is_id(const std::string& id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string raw_field(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string field(const json& object, const char* name) {
  return printable(raw_field(object, name));
}

// "a.py, b.py"
std::string file_names(const json& record) {
  std::string names;
  for (const json& one : record.value("files", json::array())) {
    names += (names.empty() ? "" : ", ") + raw_field(one, "file");
  }
  return printable_name(names.empty() ? raw_field(record, "file") : names);
}

// What the daemon answers to a change of state.
json record_json(const workspace::Applied& applied, const char* state) {
  json files = json::array();
  for (const workspace::AppliedFile& one : applied.files) {
    files.push_back({{"file", one.file}, {"hash", one.sha256}});
  }
  return {{"id", applied.id},
          {"file", applied.files.front().file},
          {"state", state},
          {"hash", applied.files.front().sha256},
          {"files", std::move(files)},
          {"guarantee", applied.guarantee}};
}

Result<json> change_here(const std::string& id, bool reverts) {
  CROMWELL_ASSIGN(const workspace::Applied applied, reverts ? revert_local(id) : apply_local(id));
  return lsp::json_result(record_json(applied, reverts ? "reverted" : "applied"));
}

Result<json> change_there(const RecordFlags& flags, bool reverts) {
  CROMWELL_ASSIGN(const HttpClient client, connect(flags.server));
  CROMWELL_ASSIGN(const HttpAnswer answer,
                  client.post("/v1/edits/" + flags.id + (reverts ? "/revert" : "/apply"), "{}"));
  return json_of(answer);
}

int change_state(const RecordFlags& flags, bool reverts) {
  if (!is_id(flags.id)) {
    return report_as(flags.json,
                     {.message = "\"" + printable(flags.id) + "\" is not the id of an edit; " +
                                 "`cromwell edits` lists them"});
  }
  const auto body = flags.local ? change_here(flags.id, reverts) : change_there(flags, reverts);
  if (!body) return report_as(flags.json, body.error());
  if (flags.json) {
    print_json(*body);
  } else {
    std::printf("%s: %s\n", file_names(*body).c_str(), field(*body, "state").c_str());
  }
  return kDone;
}

const char* state_name(workspace::EditState state) {
  if (state == workspace::EditState::kProposed) return "proposed";
  return state == workspace::EditState::kApplied ? "applied" : "reverted";
}

Result<json> edits_here() {
  CROMWELL_ASSIGN(const auto records, list_local());
  json answer = {{"edits", json::array()}};
  for (const workspace::EditRecord& record : records) {
    const std::time_t created = std::chrono::system_clock::to_time_t(record.created);
    std::tm utc{};
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&created, &utc));
    json files = json::array();
    for (const auto& one : record.files) files.push_back({{"file", one.file}});
    answer["edits"].push_back({{"id", record.id},
                               {"state", state_name(record.state)},
                               {"workspace", record.workspace},
                               {"file", record.files.front().file},
                               {"files", std::move(files)},
                               {"instruction", record.instruction},
                               {"created", text}});
  }
  return lsp::json_result(std::move(answer));
}

Result<json> edits_there(const RecordFlags& flags) {
  CROMWELL_ASSIGN(const HttpClient client, connect(flags.server));
  CROMWELL_ASSIGN(const HttpAnswer answer, client.get("/v1/edits"));
  return json_of(answer);
}

int list_edits(const RecordFlags& flags) {
  const auto body = flags.local ? edits_here() : edits_there(flags);
  if (!body) return report_as(flags.json, body.error());
  if (flags.json) {
    print_json(*body);
    return kDone;
  }
  const auto edits = body->find("edits");
  if (edits == body->end()) return kDone;
  for (const json& edit : *edits) {
    if (!edit.is_object()) continue;
    std::string instruction = field(edit, "instruction");
    std::replace(instruction.begin(), instruction.end(), '\n', ' ');
    std::printf("%s  %-8s  %s  %s  %s\n", field(edit, "id").c_str(), field(edit, "state").c_str(),
                field(edit, "created").c_str(), file_names(edit).c_str(), instruction.c_str());
  }
  return kDone;
}

void add_flags(CLI::App& command, RecordFlags* flags) {
  command.add_flag("--json", flags->json, "As JSON");
  auto* local = command.add_flag("--local", flags->local,
                                 "Edits that were made with --model, not the daemon's");
  add_server_flags(command, &flags->server);
  local->excludes("--server")->excludes("--socket");
}

}  // namespace

void add_record_commands(CLI::App& app, int* status) {
  auto flags = std::make_shared<RecordFlags>();
  for (const bool reverts : {false, true}) {
    CLI::App* command = reverts ? app.add_subcommand("revert", "Put the old bytes of a file back")
                                : app.add_subcommand("apply", "Write an edit to its file");
    command->add_option("id", flags->id, "The edit's id")->required();
    add_flags(*command, flags.get());
    command->callback([flags, status, reverts] { *status = change_state(*flags, reverts); });
  }
  CLI::App* list = app.add_subcommand("edits", "List the edits that are kept");
  add_flags(*list, flags.get());
  list->callback([flags, status] { *status = list_edits(*flags); });
}

}  // namespace cromwell::cli
