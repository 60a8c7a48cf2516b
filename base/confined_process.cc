#include "base/confined_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "base/file_io.h"
#include "base/landlock.h"
#include "base/seccomp.h"

namespace cromwell::base {
namespace {

using Clock = std::chrono::steady_clock;

// The first ABI that restricts truncate(2).
constexpr int kNeededAbi = 3;

struct Pipe {
  FileDescriptor reader, writer;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("pipe", errno);
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void limit(__rlimit_resource resource, std::size_t most) {
  const rlimit both{.rlim_cur = most, .rlim_max = most};
  ::setrlimit(resource, &both);
}

Result<> confine(const ConfinedProcess& process) {
  CROMWELL_TRY(deny_sockets());
  CROMWELL_ASSIGN(const LandlockReport report,
                  restrict_to({.read_only = {},
                               .read_write = {process.folder, "/dev/null"},
                               .execute = {"/"},
                               .scope_signals = true}));  // or it could end who judges it
  if (report.abi < kNeededAbi) {
    return Error{ErrorCode::kIo, "Landlock ABI " + std::to_string(kNeededAbi) +
                                     " is needed to confine it, here is " +
                                     std::to_string(report.abi)};
  }
  return {};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child. Comes back only with the reason why the program does not run.
std::string become(const ConfinedProcess& process, int output) {
  const auto failed = [](const std::string& what) { return what + ": " + errno_text(errno); };
  const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(null.get(), 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0) {
    return failed("its standard streams");
  }
  if (::chdir(process.folder.c_str()) != 0) return failed(process.folder);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, process.max_file_bytes);
  limit(RLIMIT_CPU, static_cast<std::size_t>(process.time.count() / 1000 + 1));
  if (const auto confined = confine(process); !confined) return confined.error().message;
  const char* path = std::getenv("PATH");
  std::vector<std::string> environment = {
      std::string("PATH=") + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"),
      "HOME=" + process.folder, "TMPDIR=" + process.folder, "LANG=C.UTF-8"};
  std::vector<std::string> arguments = process.arguments;
  ::execvpe(arguments.front().c_str(), pointers_to(arguments).data(),
            pointers_to(environment).data());
  return failed(arguments.front());
}

// Until all ends of the pipe are closed or the time is over; false: it is over, or the caller left.
bool collect(int fd, int caller, Clock::time_point end, std::size_t most, std::string& output) {
  std::array<char, 4096> buffer;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    std::array<pollfd, 2> waiting{
        {{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = caller, .events = 0, .revents = 0}}};
    const int ready =
        left <= 0 ? 0 : ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || waiting[1].revents != 0) return false;
    const ssize_t count = without_eintr([&] { return ::read(fd, buffer.data(), buffer.size()); });
    if (count <= 0) return true;
    output.append(buffer.data(),
                  std::min(static_cast<std::size_t>(count), most - std::min(most, output.size())));
  }
}

bool wait_until(pid_t child, int caller, Clock::time_point end, int& status) {
  while (::waitpid(child, &status, WNOHANG) == 0) {
    pollfd gone{.fd = caller, .events = 0, .revents = 0};
    if (Clock::now() >= end || ::poll(&gone, 1, 1) > 0) return false;
  }
  return true;
}

// Orphans of the program have become this process's own children (PR_SET_CHILD_SUBREAPER).
void kill_what_is_left() {
  const std::string own = std::to_string(::getpid());
  while (true) {
    std::ifstream children("/proc/" + own + "/task/" + own + "/children");
    if (!children) return;  // they are of the killed process group, or cannot be found
    for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
    if (::waitpid(-1, nullptr, 0) < 0 && errno != EINTR) return;
  }
}

ProcessOutcome not_run(std::string why) { return {.output = std::move(why)}; }

}  // namespace

ProcessOutcome run_confined(const ConfinedProcess& process) {
  if (process.arguments.empty()) return not_run("no program is named");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  auto output = make_pipe();
  auto failure = make_pipe();  // closed by a successful exec, without a word
  if (!output || !failure) return not_run((output ? failure : output).error().message);
  const auto end = Clock::now() + process.time;
  const pid_t child = ::fork();
  if (child < 0) return not_run("fork: " + errno_text(errno));
  if (child == 0) {
    const std::string why = become(process, output->writer.get());
    [[maybe_unused]] const ssize_t told = ::write(failure->writer.get(), why.data(), why.size());
    ::_exit(127);
  }
  output->writer.reset();
  failure->writer.reset();
  ProcessOutcome outcome;
  std::string why;
  const int caller = process.caller;
  (void)collect(failure->reader.get(), caller, end, process.max_output_bytes, why);
  const bool closed =
      collect(output->reader.get(), caller, end, process.max_output_bytes, outcome.output);
  int status = 0;
  outcome.timed_out = !(closed && wait_until(child, caller, end, status));
  ::kill(-child, SIGKILL);
  if (outcome.timed_out) {
    ::kill(child, SIGKILL);  // it may not have its group yet
    (void)::waitpid(child, &status, 0);
  }
  kill_what_is_left();
  if (!why.empty()) return not_run(std::move(why));
  outcome.ran = true;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace cromwell::base
