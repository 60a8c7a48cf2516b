#include "server/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace cromwell::server {
namespace {

using Clock = std::chrono::steady_clock;

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

void exit_at_once(int signal) { _exit(128 + signal); }

constexpr int kNone = 0;

// A SIGHUP of the kernel's own: the terminal has gone.
bool is_hangup(const siginfo_t& info) {
  return info.si_signo == SIGHUP && info.si_code == SI_KERNEL;
}

// The next signal, or kNone: an interruption, or `deadline` has passed.
int next_signal(const sigset_t& set, const MainLoop& loop, Clock::time_point deadline) {
  siginfo_t info{};
  int signal = 0;
  if (loop.interval.count() == 0) {
    signal = sigwaitinfo(&set, &info);
  } else {
    const auto left = std::max<Clock::duration>(deadline - Clock::now(), Clock::duration(0));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec patience{.tv_sec = seconds.count(),
                            .tv_nsec = std::chrono::nanoseconds(left - seconds).count()};
    signal = sigtimedwait(&set, &info, &patience);
  }
  if (signal < 0) return kNone;
  return is_hangup(info) ? SIGTERM : signal;
}

}  // namespace

void block_signals() {
  const sigset_t set = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int run_until_stopped(const MainLoop& loop) {
  const sigset_t set = awaited_signals();
  auto next_tick = Clock::now() + loop.interval;
  for (;;) {
    const int signal = next_signal(set, loop, next_tick);
    if (signal == SIGHUP) {
      loop.reload();
    } else if (signal != kNone) {
      // A handler, not the default action, which process 1 of a container does not have.
      std::signal(SIGTERM, exit_at_once);
      std::signal(SIGINT, exit_at_once);
      std::signal(SIGHUP, SIG_IGN);
      pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
      return signal;
    } else if (loop.interval.count() > 0 && Clock::now() >= next_tick) {
      loop.tick();
      next_tick = Clock::now() + loop.interval;
    }
  }
}

}  // namespace cromwell::server
