#include "clients/cli/command_line.h"

#include <cstdio>

#include "base/version.h"
#include "clients/cli/commands.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

// The word where a command is expected. CLI11 names it nowhere: to it only the command is missing.
std::string unknown_command(const CLI::App& app) {
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  const auto words = last->remaining();
  return last->get_require_subcommand_min() == 0 || words.empty() ? "" : words.front();
}

}  // namespace

std::unique_ptr<CLI::App> make_app(int* status) {
  auto app =
      std::make_unique<CLI::App>("Cromwell edits code with a small local model.", "cromwell");
  app->set_version_flag("--version", std::string("cromwell ") + base::kVersion);
  app->require_subcommand(1);
  add_edit_command(*app, status);
  add_record_commands(*app, status);
  add_complete_command(*app, status);
  add_chat_command(*app, status);
  add_status_command(*app, status);
  add_serve_command(*app, status);
  add_lsp_command(*app, status);
  add_model_command(*app, status);
  add_tokenizer_command(*app, status);
  add_eval_command(*app, status);
  add_prompts_command(*app, status);
  return app;
}

int run(int argc, char** argv) {
  int status = kDone;
  const auto app = make_app(&status);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string word = unknown_command(*app);
    if (!word.empty()) {
      std::fprintf(stderr, "\"%s\" is no command\nRun with --help for more information.\n",
                   printable(word).c_str());
      return kWrongArguments;
    }
    return app->exit(error) == 0 ? kDone : kWrongArguments;
  }
  return status;
}

}  // namespace cromwell::cli
