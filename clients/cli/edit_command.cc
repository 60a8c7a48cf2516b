// cromwell edit FILE... --instruction TEXT: a diff on standard output, written to the files with
// --apply, or where a person on a terminal says so.
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/edit_job.h"
#include "clients/cli/edit_review.h"
#include "clients/cli/json_output.h"
#include "clients/cli/local_records.h"
#include "clients/cli/server_flags.h"
#include "edit/protocol.h"

namespace cromwell::cli {
namespace {

struct EditFlags {
  std::vector<std::string> files;
  std::string lines;
  std::string cursor;
  std::string model;
  ServerFlags server;
  bool json = false;
  bool asks = true;
  bool pages = true;
  EditJob job;
};

base::Result<> apply_on(const HttpClient& client, const std::string& id) {
  CROMWELL_ASSIGN(const HttpAnswer answer, client.post("/v1/edits/" + id + "/apply", "{}"));
  CROMWELL_TRY(json_of(answer));
  return {};
}

// `client`: of the daemon that made the edit; none where this process did.
int show(const EditFlags& flags, const EditOutcome& outcome, const HttpClient* client) {
  if (flags.json) return print_outcome_json(outcome);
  if (const auto status = print_diff(outcome, flags.pages)) return *status;
  if (outcome.applied || !flags.asks || !can_ask()) return print_outcome(outcome);
  return review(outcome, [&]() -> base::Result<> {
    if (client != nullptr) return apply_on(*client, outcome.id);
    CROMWELL_TRY(apply_local(outcome.id));
    return {};
  });
}

int run_edit(EditFlags& flags) {
  auto locations = locate_files(flags.files);
  if (!locations) return report_as(flags.json, locations.error());
  flags.job.locations = std::move(*locations);
  if (flags.files.size() > 1 && !(flags.lines + flags.cursor).empty()) {
    return report_as(flags.json, {.code = base::ErrorCode::kInvalidRequest,
                                  .message = "--lines, --cursor: expected with one file only"});
  }
  if (!flags.lines.empty()) {
    const auto lines = parse_lines(flags.lines);
    if (!lines) return report_as(flags.json, lines.error());
    flags.job.lines = *lines;
  }
  if (!flags.cursor.empty()) {
    const auto cursor = parse_cursor(flags.cursor);
    if (!cursor) return report_as(flags.json, cursor.error());
    flags.job.cursor = *cursor;
  }

  if (!flags.model.empty()) return show(flags, edit_locally(flags.model, flags.job), nullptr);
  const auto client = connect(flags.server);
  if (!client) return report_as(flags.json, client.error());
  return show(flags, edit_remotely(*client, flags.job), &*client);
}

}  // namespace

void add_edit_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<EditFlags>();
  CLI::App* command = app.add_subcommand("edit", "Edit files as an instruction says");
  command->add_option("file", flags->files, "The file; several are edited together, all or none")
      ->required();
  command->add_option("-i,--instruction", flags->job.instruction, "What is to be changed")
      ->required();
  command->add_flag("--apply", flags->job.apply, "Write the result to the file");
  command->add_option("--lines", flags->lines, "Only these lines may change: A:B, or one line");
  command->add_option(
      "--cursor", flags->cursor,
      "Only what stands around LINE or LINE:COLUMN may change; with --protocol fim, "
      "where to put something in");
  command
      ->add_option("--protocol", flags->job.protocol,
                   "How the model says the change (default: the model's own)")
      ->check(CLI::IsMember(edit::protocol_names()));
  command->add_option("--session", flags->job.session, "Edits of one session share their cache");
  command->add_option("--max-tokens", flags->job.max_tokens, "A cap on what the model writes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--temperature", flags->job.temperature, "0 is deterministic")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--seed", flags->job.seed, "Seed of the sampling");
  command->add_option("--lora", flags->job.lora,
                      "With --model the file of a LoRA adapter, FILE[:SCALE]; else the name of one "
                      "that the daemon has, or none");
  command->add_flag("--json", flags->json, "Print one JSON object instead of the diff");
  command->add_flag("!--no-prompt", flags->asks,
                    "Do not ask on a terminal whether the edit is to be applied");
  command->add_flag("!--no-pager", flags->pages, "Show the diff without $PAGER");
  auto* model = command
                    ->add_option("--model", flags->model,
                                 "A GGUF: run the engine in this process, without a daemon")
                    ->type_name("FILE");
  add_server_flags(*command, &flags->server);
  model->excludes("--server")->excludes("--socket");
  command->callback([flags, status] { *status = run_edit(*flags); });
}

}  // namespace cromwell::cli
