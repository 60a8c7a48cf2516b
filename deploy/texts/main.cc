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
  CommandHelp help = help_of(*cli::make_app(&status));
  for (CommandHelp& child : help.commands) {
    if (child.name == "serve") child.flags = daemon().flags;  // it takes the daemon's
  }
  return help;
}

const ManualPage kDaemonPage = {
    .section = 8,
    .summary = "local code-editing model server",
    .sections =
        ".SH FILES\n"
        ".TP\n\\fI~/.config/cromwell/config.toml\\fR\nThe user's configuration.\n"
        ".TP\n\\fI/etc/cromwell/cromwell.toml\\fR\nThe system's, where the user has none.\n"
        ".TP\n\\fI~/.local/state/cromwell\\fR\nEdit records and saved sessions.\n"
        ".TP\n\\fI~/.cache/cromwell/models\\fR\nThe default model.\n",
    .see_also = "\\fBcromwell\\fR(1)"};
const ManualPage kCommandPage = {
    .section = 1,
    .summary = "edit code with a small local model",
    .sections =
        ".SH EXIT STATUS\n"
        ".TP\n\\fB0\\fR\nDone; for \\fBedit\\fR also where the model changed nothing, or where the "
        "answer to its question was no.\n"
        ".TP\n\\fB1\\fR\nRefused or failed: the reason is on standard error, or with "
        "\\fB\\-\\-json\\fR in \\fIerror\\fR of the object on standard output.\n"
        ".TP\n\\fB2\\fR\nWrong arguments.\n"
        ".SH ENVIRONMENT\n"
        ".TP\n\\fBPAGER\\fR\nShows a diff on a terminal (default: less); empty or cat: none.\n"
        ".TP\n\\fBVISUAL\\fR, \\fBEDITOR\\fR\nOpens a proposed edit at the answer e (default: "
        "vi).\n"
        ".TP\n\\fBNO_COLOR\\fR\nNot empty: no colours.\n"
        ".TP\n\\fBXDG_STATE_HOME\\fR, \\fBXDG_CACHE_HOME\\fR\nInstead of ~/.local/state and "
        "~/.cache.\n"
        ".SH FILES\n"
        ".TP\n\\fI~/.local/state/cromwell/command\\fR\nRecords of edits that were made with "
        "\\fB\\-\\-model\\fR or changed by hand.\n"
        ".TP\n\\fI~/.cache/cromwell/models\\fR\nThe default model.\n"
        ".SH EXAMPLES\n"
        ".EX\n"
        "cromwell serve \\-\\-root ~/project\n"
        "cromwell edit src/main.py \\-\\-lines 10:24 \\-\\-instruction \"Return early\"\n"
        "cromwell complete src/main.py \\-\\-line 42 \\-\\-max\\-tokens 64\n"
        "cromwell chat \"What is a mutex?\"\n"
        ".EE\n",
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
