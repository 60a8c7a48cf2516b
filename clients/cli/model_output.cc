#include "clients/cli/model_output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "base/file_io.h"
#include "base/thread_pool.h"

namespace cromwell::cli {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler may set it

constexpr int kMaxThreads = 1024;
constexpr int kSignals[] = {SIGINT, SIGTERM};

}  // namespace

void add_output_flags(CLI::App& command, ModelOutput& output) {
  command.add_option("--threads", output.threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, kMaxThreads));
  command.add_flag("--force", output.force, "Replace OUT if it is there");
}

base::Result<> check_output(const ModelOutput& output, const std::string& input) {
  std::error_code code;
  if (!fs::exists(fs::symlink_status(output.path, code))) return {};
  if (!input.empty() && fs::equivalent(output.path, input, code)) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       output.path + ": is the input itself, expected another file", "out"};
  }
  if (fs::is_directory(output.path, code)) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       output.path + ": is a folder, expected a file", "out"};
  }
  if (output.force) return {};
  return base::Error{base::ErrorCode::kConflict,
                     output.path + ": is there already; --force replaces it", "out"};
}

base::Result<> write_text(const std::string& path, std::string_view text) {
  const std::size_t slash = path.rfind('/');
  const std::string folder_path = path.substr(0, slash + 1) + ".";  // npos + 1 is 0
  const auto files = base::posix_file_system();
  const base::FileDescriptor folder(
      files->open_at(AT_FDCWD, folder_path, O_RDONLY | O_DIRECTORY, 0));
  if (!folder) return base::errno_error(folder_path, errno);
  return base::write_whole(*files, folder.get(), path.substr(slash + 1), text, base::kSharedFile);
}

int thread_count(const ModelOutput& output) {
  return output.threads > 0 ? output.threads : base::usable_cores();
}

model::GgufWriter::Existing when_there(const ModelOutput& output) {
  using Existing = model::GgufWriter::Existing;
  return output.force ? Existing::kReplace : Existing::kKeep;
}

Interruption::Interruption() {
  interrupted.store(false);
  for (const int signal : kSignals) {
    std::signal(signal, [](int) { interrupted.store(true); });
  }
}

Interruption::~Interruption() {
  for (const int signal : kSignals) std::signal(signal, SIG_DFL);
}

const std::atomic<bool>* Interruption::flag() const { return &interrupted; }

void ProgressBar::show(std::size_t done, std::size_t count, const std::string& what) {
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = kWidth * done / count;
  char percent[16];
  std::snprintf(percent, sizeof percent, "] %3zu%%  ", 100 * done / count);
  std::string text(1, '[');
  text.append(filled, '#').append(kWidth - filled, '-').append(percent).append(what);
  line_.show(text);
}

}  // namespace cromwell::cli
