#include "clients/cli/child_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/file.h"

extern char** environ;

namespace cromwell::cli {
namespace {

using base::Result;

constexpr int kShellSignal = 128;

// A signal's action for as long as this lives.
class SignalAction {
 public:
  SignalAction(int signal, void (*action)(int))
      : signal_(signal), before_(std::signal(signal, action)) {}
  ~SignalAction() { std::signal(signal_, before_); }
  SignalAction(const SignalAction&) = delete;
  SignalAction& operator=(const SignalAction&) = delete;

 private:
  const int signal_;
  void (*const before_)(int);
};

struct Pipe {
  base::FileDescriptor reading, writing;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::errno_error("pipe", errno);
  return Pipe{base::FileDescriptor(ends[0]), base::FileDescriptor(ends[1])};
}

Result<pid_t> start(const std::string& command, const std::vector<std::string>& arguments,
                    int input_fd) {
  std::vector<std::string> words = {"sh", "-c", command + " \"$@\"", "sh"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input_fd >= 0) posix_spawn_file_actions_adddup2(&actions, input_fd, STDIN_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGQUIT, SIGPIPE}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int code = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return base::errno_error("/bin/sh", code);
  return pid;
}

// As much as the child wants to read.
void write_to(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Result<int> run_shell(const std::string& command, const std::vector<std::string>& arguments,
                      std::string_view input) {
  Pipe pipe;
  if (!input.empty()) {
    CROMWELL_ASSIGN(pipe, make_pipe());
  }
  const SignalAction interrupt(SIGINT, SIG_IGN), quit(SIGQUIT, SIG_IGN), broken(SIGPIPE, SIG_IGN);
  CROMWELL_ASSIGN(const pid_t pid, start(command, arguments, pipe.reading.get()));
  pipe.reading.reset();
  write_to(pipe.writing.get(), input);
  pipe.writing.reset();
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return base::errno_error(command, errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kShellSignal + WTERMSIG(status);
}

}  // namespace cromwell::cli
