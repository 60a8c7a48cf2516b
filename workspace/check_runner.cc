#include "workspace/check_runner.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file_io.h"
#include "workspace/check_helper.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;
using base::Result;

constexpr int kHelperSocket = 3;

// The helper keeps nothing of the daemon's: no listening socket, no terminal to be interrupted by.
[[noreturn]] void become_helper(int socket, const std::vector<CheckCommand>& commands,
                                const std::string& folder, const CheckLimits& limits) {
  ::setsid();
  if (::dup2(socket, kHelperSocket) < 0) ::_exit(1);
  ::close_range(kHelperSocket + 1, ~0U, 0);
  ::fcntl(kHelperSocket, F_SETFD, FD_CLOEXEC);
  serve_checks(kHelperSocket, commands, folder, limits);
  ::_exit(0);
}

}  // namespace

CheckRunner::CheckRunner(std::vector<CheckCommand> commands, FileDescriptor channel, pid_t helper)
    : commands_(std::move(commands)), channel_(std::move(channel)), helper_(helper) {}

CheckRunner::~CheckRunner() {
  stop();
  (void)::waitpid(helper_, nullptr, 0);
}

void CheckRunner::stop() {
  stopped_ = true;
  ::shutdown(channel_.get(), SHUT_RDWR);  // which the helper sees, and whoever waits for it
}

Result<std::shared_ptr<CheckRunner>> CheckRunner::start(std::vector<CheckCommand> commands,
                                                        const std::string& folder,
                                                        CheckLimits limits) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);  // what a run that was killed left there
  CROMWELL_TRY(base::open_private_folder(*base::posix_file_system(), folder));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::errno_error("the helper for checks", errno);
  }
  FileDescriptor ours(ends[0]);
  const FileDescriptor its(ends[1]);
  const pid_t helper = ::fork();
  if (helper < 0) return base::errno_error("the helper for checks", errno);
  if (helper == 0) become_helper(its.get(), commands, folder, limits);
  return std::shared_ptr<CheckRunner>(
      new CheckRunner(std::move(commands), std::move(ours), helper));
}

bool CheckRunner::has_check_of(std::string_view language) const {
  return std::any_of(commands_.begin(), commands_.end(),
                     [&](const CheckCommand& one) { return one.language == language; });
}

std::vector<CheckResult> CheckRunner::run(const std::string& file, std::string_view language,
                                          std::string_view bytes) {
  std::vector<CheckResult> results;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    if (commands_[i].language == language) results.push_back(ask(i, file, bytes));
  }
  return results;
}

CheckResult CheckRunner::ask(std::size_t command, const std::string& file, std::string_view bytes) {
  const std::lock_guard lock(asking_);
  const auto skipped = [&](const base::Error& error) {
    if (!stopped_) return CheckResult{.name = commands_[command].name, .output = error.message};
    return CheckResult{.name = commands_[command].name,
                       .status = CheckStatus::kFailed,
                       .output = "the service is stopping"};
  };
  const auto sent =
      send_request(channel_.get(), {.command = command, .file = file, .bytes = std::string(bytes)});
  if (!sent) return skipped(sent.error());
  auto result = receive_result(channel_.get());
  if (!result) return skipped(result.error());
  result->name = commands_[command].name;
  return std::move(*result);
}

}  // namespace cromwell::workspace
