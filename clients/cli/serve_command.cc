// cromwell serve: becomes cromwelld, the program beside this one, with the same arguments.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "clients/cli/commands.h"

namespace cromwell::cli {
namespace {

int serve(const std::vector<std::string>& arguments) {
  std::error_code code;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", code);
  const std::string beside = (self.parent_path() / "cromwelld").string();
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), "cromwelld");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  if (!code) ::execv(beside.c_str(), argv.data());
  ::execvp("cromwelld", argv.data());
  return report(
      {.message = "cannot start " + beside + ", nor a cromwelld on PATH: " + std::strerror(errno)});
}

}  // namespace

void add_serve_command(CLI::App& app, int* status) {
  CLI::App* command =
      app.add_subcommand("serve", "Start the daemon, with cromwelld's flags: serve --root .");
  command->prefix_command();
  command->set_help_flag();  // --help is cromwelld's
  command->callback([command, status] { *status = serve(command->remaining()); });
}

}  // namespace cromwell::cli
