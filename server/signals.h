// Signals: the daemon is asked to stop by SIGTERM, SIGINT or the loss of its terminal, and to read
// its configuration again by any other SIGHUP. The main thread waits for them; no handler runs
// meanwhile. A second request to stop ends the process at once.
#pragma once

#include <chrono>
#include <functional>

namespace cromwell::server {

// Before any thread starts: no thread is interrupted by one of these, and writing to a closed
// socket is an error value.
void block_signals();

// What the main thread does until it is asked to stop.
struct MainLoop {
  std::function<void()> reload;           // on SIGHUP
  std::chrono::milliseconds interval{0};  // 0: no ticks
  std::function<void()> tick;
};

// Waits for a signal to stop and returns its number. From then on the next one ends the process
// with status 128 + its number.
int run_until_stopped(const MainLoop& loop);

}  // namespace cromwell::server
