// The service manager (systemd) that started the daemon, if one did; without one everything here
// does nothing. What it is told is for `systemctl status`, sockets and a watchdog come from it.
// Called on the main thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace cromwell::server {

// Sockets that it listens on for us (socket activation).
std::vector<int> inherited_sockets();

void notify_status(const std::string& status);  // a line for people
void notify_ready(const std::string& status);
void notify_reloading();
void notify_stopping();
// Why the start has failed.
void notify_failed(const std::string& why);

// How often it wants to hear that all is well; 0: never.
std::chrono::milliseconds watchdog_interval();
void ping_watchdog();

}  // namespace cromwell::server
