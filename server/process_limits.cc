#include "server/process_limits.h"

#include <sys/resource.h>

namespace cromwell::server {

std::size_t raise_open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = soft;
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace cromwell::server
