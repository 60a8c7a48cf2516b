#include "clients/cli/edit_outcome.h"

#include <cstdio>

#include "clients/cli/commands.h"
#include "clients/cli/json_output.h"
#include "clients/cli/pager.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

// What a person types next: "cromwell revert --local ed_..."
std::string command_line(const char* command, const EditOutcome& outcome) {
  return std::string("cromwell ") + command + (outcome.is_local ? " --local " : " ") + outcome.id;
}

}  // namespace

std::optional<int> print_diff(const EditOutcome& outcome, bool may_page) {
  page_diff(outcome.patch, may_page);
  if (outcome.error) return report(*outcome.error);
  if (outcome.finish_reason != "no_change") return std::nullopt;
  std::fprintf(stderr, "%s: the model changed nothing\n", printable_name(outcome.file).c_str());
  return kDone;
}

int print_outcome(const EditOutcome& outcome) {
  const std::string next = outcome.applied
                               ? "applied, take it back with: " + command_line("revert", outcome)
                               : "not applied yet: " + command_line("apply", outcome);
  std::fprintf(stderr, "%s: %d added, %d removed, confidence %.2f; %s\n",
               printable_name(outcome.file).c_str(), outcome.added, outcome.removed,
               outcome.confidence, next.c_str());
  return kDone;
}

int print_outcome_json(const EditOutcome& outcome) {
  nlohmann::ordered_json object;
  object["id"] = outcome.id;
  object["workspace"] = outcome.workspace;
  object["file"] = outcome.file;
  if (outcome.error) {
    object["error"] = error_json(*outcome.error);
    if (!outcome.attempt.empty()) object["error"]["attempt"] = outcome.attempt;
  } else {
    object["finish_reason"] = outcome.finish_reason;
    object["confidence"] = outcome.confidence;
    object["completion_tokens"] = outcome.completion_tokens;
  }
  object["diff"]["patch"] = outcome.patch;
  object["diff"]["stats"] = {{"added", outcome.added}, {"removed", outcome.removed}};
  object["applied"] = outcome.applied;
  print_json(object);
  return outcome.error ? kFailed : kDone;
}

}  // namespace cromwell::cli
