#include "server/process_watch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace cromwell::server {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessWatch::ProcessWatch()
    : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      start_seconds_(
          std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
              .count()) {}

ProcessUsage ProcessWatch::read() const {
  ProcessUsage usage{.start_seconds = start_seconds_};
  char text[128] = "";
  unsigned long pages = 0;
  const ssize_t count = ::pread(statm_.get(), text, sizeof text - 1, 0);
  if (count > 0 && std::sscanf(text, "%*u %lu", &pages) == 1) {
    usage.resident_bytes = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  }
  rusage times{};
  if (::getrusage(RUSAGE_SELF, &times) == 0) {
    usage.cpu_seconds = seconds(times.ru_utime) + seconds(times.ru_stime);
  }
  return usage;
}

}  // namespace cromwell::server
