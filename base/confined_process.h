// A program run in a folder that is all it may write to, without a network and with limits, and
// what it printed. Linux's Landlock and seccomp do the confinement; where they cannot, the program
// is not run. For a process with one thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::base {

struct ConfinedProcess {
  std::vector<std::string> arguments;  // the first is the program, looked for in PATH
  std::string folder;                  // where it starts; all else can only be read
  std::chrono::milliseconds time{10'000};
  std::size_t max_output_bytes = 16 << 10;
  std::size_t max_file_bytes = 64 << 20;
  int caller = -1;  // a socket: when its other end closes, the program is killed
};

struct ProcessOutcome {
  bool ran = false;        // else `output` says why not
  bool timed_out = false;  // then it was killed
  int status = 0;          // as a shell has it: of exit(), or 128 and the signal's number
  std::string output;      // standard output and error, cut at the limit
};

// Blocks. What the program started and left behind is killed.
ProcessOutcome run_confined(const ConfinedProcess& process);

}  // namespace cromwell::base
