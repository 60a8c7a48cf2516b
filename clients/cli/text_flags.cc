#include "clients/cli/text_flags.h"

#include <unistd.h>

#include <cstdio>

#include "clients/cli/commands.h"
#include "clients/cli/json_output.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {

void add_text_flags(CLI::App& command, TextFlags* flags) {
  command.add_option("--max-tokens", flags->options.max_tokens, "A cap on what the model writes")
      ->check(CLI::PositiveNumber);
  command.add_option("--temperature", flags->options.temperature, "0 is deterministic")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--seed", flags->options.seed, "Seed of the sampling");
  command.add_flag("--json", flags->json, "Print one JSON object instead of the text");
  auto* model = command
                    .add_option("--model", flags->model,
                                "A GGUF: run the engine in this process, without a daemon")
                    ->type_name("FILE");
  add_server_flags(command, &flags->server);
  model->excludes("--server")->excludes("--socket");
}

base::Result<std::unique_ptr<TextSource>> open_source(const TextFlags& flags) {
  if (!flags.model.empty()) return local_text(flags.model);
  CROMWELL_ASSIGN(HttpClient client, connect(flags.server));
  return remote_text(std::move(client));
}

void show_text(std::string_view text) {
  const std::string shown = is_terminal(STDOUT_FILENO) ? printable(text) : std::string(text);
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

int finish_text(const TextFlags& flags, const base::Result<TextAnswer>& answer) {
  if (!answer) return report_as(flags.json, answer.error());
  if (flags.json) {
    print_json({{"text", answer->text},
                {"finish_reason", answer->finish_reason},
                {"usage",
                 {{"prompt_tokens", answer->prompt_tokens},
                  {"completion_tokens", answer->completion_tokens}}}});
  } else if (!answer->text.ends_with('\n')) {
    std::puts("");
  }
  return kDone;
}

}  // namespace cromwell::cli
