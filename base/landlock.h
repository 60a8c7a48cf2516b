// Landlock: the second layer that confines the process to its folders, below openat2 (base/beneath)
// and independent of it. Binds the calling thread and those it starts later, for good: to be
// entered in `main` before any thread starts. Only the file system is restricted, no network.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::base {

struct LandlockRules {
  std::vector<std::string> read_only;   // files or folders with all that is beneath
  std::vector<std::string> read_write;  // also: make, remove, rename, truncate
  std::vector<std::string> execute{};   // read only, and programs may be executed
  bool scope_signals = false;          // none to processes outside of the restriction (ABI 6)
  int max_abi = 0;                      // use at most this ABI; 0: the kernel's (tests force one)
};

struct LandlockReport {
  int abi = 0;          // 0: nothing is enforced
  std::string summary;  // for the log: "Landlock ABI 6 confines 3 paths", or why it does not
};

// The highest ABI of the kernel, 0 where Landlock is missing or off.
int landlock_abi();

// A kernel without Landlock is no error: the report has abi 0. kNotFound names a path that is not
// there; kIo if the kernel refuses, and then nothing is enforced.
Result<LandlockReport> restrict_to(const LandlockRules& rules);

}  // namespace cromwell::base
