#include "clients/cli/command_line.h"

#include "base/version.h"
#include "clients/cli/commands.h"

namespace cromwell::cli {

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
    return app->exit(error) == 0 ? kDone : kWrongArguments;
  }
  return status;
}

}  // namespace cromwell::cli
