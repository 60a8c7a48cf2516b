// cromwell complete FILE --line N: what the model would write at a place of a file, on standard
// output as it comes. The file stays as it is.
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/json_output.h"
#include "clients/cli/text_flags.h"

namespace cromwell::cli {
namespace {

struct CompleteFlags {
  std::string file;
  CompleteJob job;
  TextFlags text;
};

int run_complete(CompleteFlags& flags) {
  auto locations = locate_files({flags.file});
  if (!locations) return report_as(flags.text.json, locations.error());
  flags.job.locations = std::move(*locations);
  flags.job.options = flags.text.options;
  const auto source = open_source(flags.text);
  if (!source) return report_as(flags.text.json, source.error());
  base::CallSwitch never;
  return finish_text(flags.text, (*source)->complete(
                                     flags.job,
                                     [&flags](std::string_view text) {
                                       if (!flags.text.json) show_text(text);
                                     },
                                     never));
}

}  // namespace

void add_complete_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<CompleteFlags>();
  CLI::App* command = app.add_subcommand("complete", "Write on at a place of a file");
  command->add_option("file", flags->file, "The file")->required();
  command->add_option("--line", flags->job.line, "The line of the place, 1-based")
      ->required()
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--column", flags->job.column,
                   "How many characters of the line stand before the place (default: all)")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--context", flags->job.context,
                   "Tokens that the model is shown at most (default: what fits)")
      ->check(CLI::PositiveNumber);
  add_text_flags(*command, &flags->text);
  command->callback([flags, status] { *status = run_complete(*flags); });
}

}  // namespace cromwell::cli
