// cromwell edit FILE... --instruction TEXT: a diff on standard output, written to the files with
// --apply.
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/edit_job.h"
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
  EditJob job;
};

int run_edit(EditFlags& flags) {
  auto locations = locate_files(flags.files);
  if (!locations) return report(locations.error());
  flags.job.locations = std::move(*locations);
  if (flags.files.size() > 1 && !(flags.lines + flags.cursor).empty()) {
    return report({.code = base::ErrorCode::kInvalidRequest,
                   .message = "--lines, --cursor: expected with one file only"});
  }
  if (!flags.lines.empty()) {
    const auto lines = parse_lines(flags.lines);
    if (!lines) return report(lines.error());
    flags.job.lines = *lines;
  }
  if (!flags.cursor.empty()) {
    const auto cursor = parse_cursor(flags.cursor);
    if (!cursor) return report(cursor.error());
    flags.job.cursor = *cursor;
  }

  EditOutcome outcome;
  if (!flags.model.empty()) {
    outcome = edit_locally(flags.model, flags.job);
  } else {
    const auto client = connect(flags.server);
    if (!client) return report(client.error());
    outcome = edit_remotely(*client, flags.job);
  }
  return flags.json ? print_outcome_json(outcome) : print_outcome(outcome, flags.model.empty());
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
  command->add_option("--cursor", flags->cursor,
                      "With --protocol fim: where to put something in, LINE or LINE:COLUMN");
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
  auto* model = command->add_option("--model", flags->model,
                                    "A GGUF: run the engine in this process, without a daemon");
  add_server_flags(*command, &flags->server);
  model->excludes("--server")->excludes("--socket");
  command->callback([flags, status] { *status = run_edit(*flags); });
}

}  // namespace cromwell::cli
