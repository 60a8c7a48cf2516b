// What this machine can do at most, measured in the run whose figures are compared with it.
//   base::ForkJoinPool pool(threads);
//   const bench::Machine machine = bench::measure_machine(table.name, pool);   // about 0.7 s
// Nothing else may run on the pool meanwhile. Figures are the best of several short attempts: a
// neighbour's noise lowers a peak, nothing raises it.
#pragma once

#include <string>
#include <string_view>

#include "base/thread_pool.h"

namespace cromwell::bench {

struct Machine {
  std::string cpu;  // as the processor names itself
  std::string isa;  // the kernel table whose instructions the peaks are those of
  int threads = 0;
  double gflops = 0;     // 1e9 float operations a second, all threads: FMA counts two
  double gops = 0;       // 1e9 int8 operations a second (VNNI, or maddubs + madd)
  double read_gbps = 0;  // 1e9 bytes a second streamed from memory, all threads
};

// isa: a kernel table's name ("scalar", "avx2", "avx512"); an unknown one measures "scalar".
Machine measure_machine(std::string_view isa, base::ForkJoinPool& pool);

}  // namespace cromwell::bench
