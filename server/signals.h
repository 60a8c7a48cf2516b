// Signals: the daemon is asked to stop by SIGTERM or SIGINT, which the main thread waits for; no
// handler runs meanwhile. A second one ends the process at once.
#pragma once

namespace cromwell::server {

// Before any thread starts: no thread is interrupted by a stop signal, and writing to a closed
// socket is an error value.
void block_stop_signals();

// Waits for a stop signal and returns its number. From then on the next one ends the process with
// status 128 + its number.
int wait_for_stop_signal();

}  // namespace cromwell::server
