// Interrupts: Ctrl-C as the end of an answer instead of the end of the program.
#pragma once

#include <signal.h>

#include <thread>

#include "base/call_switch.h"
#include "base/file.h"

namespace cromwell::cli {

// SIGINT is held back for as long as this lives; made before any other thread, so that it is so
// for all of them.
class InterruptBlock {
 public:
  InterruptBlock();
  ~InterruptBlock();
  InterruptBlock(const InterruptBlock&) = delete;
  InterruptBlock& operator=(const InterruptBlock&) = delete;

 private:
  sigset_t before_;
};

// While this lives, SIGINT, which is blocked, throws the switch. One that came before is forgotten.
class InterruptWatch {
 public:
  explicit InterruptWatch(base::CallSwitch& call_switch);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  base::FileDescriptor signals_, end_;
  std::thread thread_;
};

}  // namespace cromwell::cli
