// cromwell eval edits: starts the edit benchmark, a Python program that talks to a server as any
// client does (clients/python/cromwell/evaluation). Everything behind "edits" is its own.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "clients/cli/commands.h"

namespace cromwell::cli {
namespace {

namespace fs = std::filesystem;

// The package beside a program that was built and not installed; an installed one is found by
// Python itself.
void add_own_package() {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  const fs::path package = program.parent_path().parent_path() / "clients" / "python";
  if (code || !fs::exists(package / "cromwell" / "evaluation", code)) return;
  const char* before = std::getenv("PYTHONPATH");
  std::string path = package.string();
  if (before != nullptr && *before != '\0') path += std::string(":") + before;
  ::setenv("PYTHONPATH", path.c_str(), 1);
  const fs::path daemon = program.parent_path() / "cromwelld";
  if (fs::exists(daemon, code)) ::setenv("CROMWELL_DAEMON", daemon.c_str(), 0);
}

// Returns only where Python cannot be started.
base::Error start_benchmark(const std::vector<std::string>& arguments) {
  add_own_package();
  std::vector<std::string> words = {"python3", "-m", "cromwell.evaluation"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  return {.code = base::ErrorCode::kIo,
          .message = std::string("cannot run python3: ") + std::strerror(errno)};
}

}  // namespace

void add_eval_command(CLI::App& app, int* status) {
  CLI::App* command = app.add_subcommand("eval", "Benchmarks of a model's answers");
  command->require_subcommand(1);
  CLI::App* edits = command->add_subcommand("edits", "How many known edits come out right");
  edits->prefix_command();
  edits->set_help_flag();
  edits->callback([edits, status] { *status = report(start_benchmark(edits->remaining())); });
}

}  // namespace cromwell::cli
