// cromwell apply ID, revert ID, edits: the daemon's records of edits.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/server_flags.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

using nlohmann::json;

struct RecordFlags {
  std::string id;
  bool json = false;
  ServerFlags server;
};

bool is_id(const std::string& id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string field(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

// "a.py, b.py"
std::string file_names(const json& record) {
  std::string names;
  for (const json& one : record.value("files", json::array())) {
    names += (names.empty() ? "" : ", ") + field(one, "file");
  }
  return names.empty() ? field(record, "file") : names;
}

// `action`: "apply" or "revert".
int change_state(const RecordFlags& flags, const char* action) {
  if (!is_id(flags.id)) {
    return report({.message = "\"" + printable(flags.id) + "\" is not the id of an edit; " +
                              "`cromwell edits` lists them"});
  }
  const auto client = connect(flags.server);
  if (!client) return report(client.error());
  const auto answer = client->post("/v1/edits/" + flags.id + "/" + action, "{}");
  if (!answer) return report(answer.error());
  const auto body = json_of(*answer);
  if (!body) return report(body.error());
  std::printf("%s: %s\n", file_names(*body).c_str(), field(*body, "state").c_str());
  return kDone;
}

int list_edits(const RecordFlags& flags) {
  const auto client = connect(flags.server);
  if (!client) return report(client.error());
  const auto answer = client->get("/v1/edits");
  if (!answer) return report(answer.error());
  const auto body = json_of(*answer);
  if (!body) return report(body.error());
  if (flags.json) {
    std::printf("%s\n", body->dump(2, ' ', false, json::error_handler_t::replace).c_str());
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

}  // namespace

void add_record_commands(CLI::App& app, int* status) {
  auto flags = std::make_shared<RecordFlags>();
  for (const char* action : {"apply", "revert"}) {
    CLI::App* command = app.add_subcommand(
        action, *action == 'a' ? "Write an edit to its file" : "Put the old bytes of a file back");
    command->add_option("id", flags->id, "The edit's id")->required();
    add_server_flags(*command, &flags->server);
    command->callback([flags, status, action] { *status = change_state(*flags, action); });
  }
  CLI::App* list = app.add_subcommand("edits", "List the edits that the daemon keeps");
  list->add_flag("--json", flags->json, "As JSON");
  add_server_flags(*list, &flags->server);
  list->callback([flags, status] { *status = list_edits(*flags); });
}

}  // namespace cromwell::cli
