#include "server/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace cromwell::server {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

void exit_at_once(int signal) { _exit(128 + signal); }

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int wait_for_stop_signal() {
  const sigset_t set = stop_signals();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  // A handler, not the default action, which process 1 of a container does not have.
  std::signal(SIGTERM, exit_at_once);
  std::signal(SIGINT, exit_at_once);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return signal;
}

}  // namespace cromwell::server
