#include "clients/cli/edit_outcome.h"

#include <cstdio>

#include "clients/cli/commands.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

void write_out(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

int print_outcome(const EditOutcome& outcome, bool can_apply_later) {
  write_out(show_diff(outcome.patch, wants_colour()));
  std::fflush(stdout);
  if (outcome.error) return report(*outcome.error);
  if (outcome.finish_reason == "no_change") {
    std::fprintf(stderr, "%s: the model changed nothing\n", outcome.file.c_str());
    return kDone;
  }
  std::string next = "applied";
  if (can_apply_later) {
    next += ", take it back with: cromwell revert " + outcome.id;
    if (!outcome.applied) next = "not applied yet: cromwell apply " + outcome.id;
  } else if (!outcome.applied) {
    next = "not applied: add --apply";
  }
  std::fprintf(stderr, "%s: %d added, %d removed, confidence %.2f; %s\n", outcome.file.c_str(),
               outcome.added, outcome.removed, outcome.confidence, next.c_str());
  return kDone;
}

int print_outcome_json(const EditOutcome& outcome) {
  nlohmann::ordered_json object;
  object["id"] = outcome.id;
  object["workspace"] = outcome.workspace;
  object["file"] = outcome.file;
  if (outcome.error) {
    object["error"]["message"] = outcome.error->message;
    if (!outcome.error->param.empty()) object["error"]["code"] = outcome.error->param;
    if (!outcome.attempt.empty()) object["error"]["attempt"] = outcome.attempt;
  } else {
    object["finish_reason"] = outcome.finish_reason;
    object["confidence"] = outcome.confidence;
    object["completion_tokens"] = outcome.completion_tokens;
  }
  object["diff"]["patch"] = outcome.patch;
  object["diff"]["stats"] = {{"added", outcome.added}, {"removed", outcome.removed}};
  object["applied"] = outcome.applied;
  write_out(object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  return outcome.error ? kFailed : kDone;
}

}  // namespace cromwell::cli
