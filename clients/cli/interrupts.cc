#include "clients/cli/interrupts.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <ctime>

namespace cromwell::cli {
namespace {

sigset_t only_interrupt() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

InterruptBlock::InterruptBlock() {
  const sigset_t set = only_interrupt();
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

InterruptBlock::~InterruptBlock() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

InterruptWatch::InterruptWatch(base::CallSwitch& call_switch) {
  const sigset_t set = only_interrupt();
  constexpr timespec kNoWait{};
  while (::sigtimedwait(&set, nullptr, &kNoWait) == SIGINT) continue;
  signals_ = base::FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC));
  end_ = base::FileDescriptor(::eventfd(0, EFD_CLOEXEC));
  thread_ = std::thread([this, &call_switch] {
    pollfd waits[] = {{signals_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}};
    while (::poll(waits, 2, -1) < 0) continue;
    if (waits[0].revents == 0) return;
    signalfd_siginfo info;
    if (::read(signals_.get(), &info, sizeof info) == sizeof info) call_switch.cancel();
  });
}

InterruptWatch::~InterruptWatch() {
  ::eventfd_write(end_.get(), 1);
  thread_.join();
}

}  // namespace cromwell::cli
