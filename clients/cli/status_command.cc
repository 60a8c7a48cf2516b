// cromwell status: whether the daemon is there, its model and its sessions.
#include <cstdio>
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/json_output.h"
#include "clients/cli/server_flags.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

using nlohmann::json;

struct StatusFlags {
  ServerFlags server;
  bool json = false;
};

int show_status(const StatusFlags& flags) try {
  const auto client = connect(flags.server);
  if (!client) return report_as(flags.json, client.error());
  const auto alive = client->get("/healthz");
  if (!alive) return report_as(flags.json, alive.error());
  const auto health = json_of(*alive);
  if (!health) return report_as(flags.json, health.error());
  const auto readiness = client->get("/readyz");
  if (!readiness) return report_as(flags.json, readiness.error());
  // Not to be ready is an answer; to be refused is none.
  const auto read = json_of(*readiness);
  if (!read && readiness->status != 503) return report_as(flags.json, read.error());
  const json ready = json::parse(readiness->body, nullptr, false);
  const auto listing = client->get("/v1/sessions");
  if (!listing) return report_as(flags.json, listing.error());
  const json sessions = json::parse(listing->body, nullptr, false);
  if (!ready.is_object())
    return report_as(flags.json, {.message = "/readyz: the answer is not JSON"});

  const int status = readiness->status == 200 ? kDone : kFailed;
  if (flags.json) {
    nlohmann::ordered_json object = {{"version", health->value("version", "")}};
    object.update(ready);
    object["sessions"] = sessions.is_object() ? sessions.value("sessions", json::array()) : json();
    print_json(object);
    return status;
  }
  std::printf("cromwelld %s: %s\n", printable(health->value("version", "?")).c_str(),
              printable(ready.value("status", "?")).c_str());
  std::printf("model: %s, context %d tokens\n", printable(ready.value("model", "?")).c_str(),
              ready.value("context", 0));
  if (sessions.is_object()) {
    std::printf("sessions: %zu\n", sessions.value("sessions", json::array()).size());
  }
  if (ready.contains("warning")) {
    std::printf("warning: %s\n", printable(ready.value("warning", "")).c_str());
  }
  return status;
} catch (const json::exception&) {  // a field of another type than the daemon gives it
  return report_as(flags.json, {.message = "the server's answer is not a Cromwell daemon's"});
}

}  // namespace

void add_status_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<StatusFlags>();
  CLI::App* command = app.add_subcommand("status", "Say how the daemon is");
  command->add_flag("--json", flags->json, "As JSON");
  add_server_flags(*command, &flags->server);
  command->callback([flags, status] { *status = show_status(*flags); });
}

}  // namespace cromwell::cli
