// cromwell_texts KIND: prints a text that is written from the programs' command lines, for the
// package and the documentation.
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include "clients/cli/command_line.h"
#include "deploy/texts/completions.h"
#include "deploy/texts/manual_page.h"
#include "deploy/texts/option_docs.h"
#include "deploy/texts/program_help.h"
#include "server/command_line.h"

namespace cromwell::texts {
namespace {

CommandHelp daemon() {
  server::FlagValues values;
  return help_of(*server::make_app(values));
}

CommandHelp command() {
  int status = 0;
  return help_of(*cli::make_app(&status));
}

const ManualPage kDaemonPage = {
    .section = 8,
    .summary = "local code-editing model server",
    .files =
        ".TP\n\\fI~/.config/cromwell/config.toml\\fR\nThe user's configuration.\n"
        ".TP\n\\fI/etc/cromwell/cromwell.toml\\fR\nThe system's, where the user has none.\n"
        ".TP\n\\fI~/.local/state/cromwell\\fR\nEdit records and saved sessions.\n"
        ".TP\n\\fI~/.cache/cromwell/models\\fR\nThe default model.\n",
    .see_also = "\\fBcromwell\\fR(1)"};
const ManualPage kCommandPage = {.section = 1,
                                 .summary = "edit code with a small local model",
                                 .see_also = "\\fBcromwelld\\fR(8)"};

const std::map<std::string, std::function<std::string()>>& kinds() {
  static const std::map<std::string, std::function<std::string()>> all = {
      {"option-tables", option_tables},
      {"example-config", example_config},
      {"cromwelld.bash", [] { return bash_completion(daemon()); }},
      {"cromwelld.zsh", [] { return zsh_completion(daemon()); }},
      {"cromwelld.fish", [] { return fish_completion(daemon()); }},
      {"cromwelld.8", [] { return manual_page(daemon(), kDaemonPage); }},
      {"cromwell.bash", [] { return bash_completion(command()); }},
      {"cromwell.zsh", [] { return zsh_completion(command()); }},
      {"cromwell.fish", [] { return fish_completion(command()); }},
      {"cromwell.1", [] { return manual_page(command(), kCommandPage); }}};
  return all;
}

}  // namespace
}  // namespace cromwell::texts

int main(int argc, char** argv) {
  const auto& kinds = cromwell::texts::kinds();
  const auto kind = argc == 2 ? kinds.find(argv[1]) : kinds.end();
  if (kind == kinds.end()) {
    std::fputs("cromwell_texts KIND, one of:", stderr);
    for (const auto& known : kinds) std::fprintf(stderr, " %s", known.first.c_str());
    std::fputs("\n", stderr);
    return 2;
  }
  std::fputs(kind->second().c_str(), stdout);
  return 0;
}
