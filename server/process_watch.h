// ProcessWatch: what this process takes of the machine. Made before the confinement, which hides
// /proc; read on any thread.
#pragma once

#include <cstddef>

#include "base/file.h"

namespace cromwell::server {

struct ProcessUsage {
  std::size_t resident_bytes = 0;  // 0 where /proc does not tell
  double cpu_seconds = 0;
  double start_seconds = 0;  // since 1970
};

class ProcessWatch {
 public:
  ProcessWatch();
  ProcessUsage read() const;

 private:
  base::FileDescriptor statm_;
  double start_seconds_ = 0;
};

}  // namespace cromwell::server
