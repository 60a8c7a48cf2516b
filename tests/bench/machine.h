// What this machine can do at most, measured in the run whose figures are compared with it.
//   base::ForkJoinPool pool(threads);
//   const bench::Machine machine = bench::measure_machine(table.name, pool);   // about 0.7 s
// Nothing else may run on the pool meanwhile. Figures are the best of several short attempts: a
// neighbour's noise lowers a peak, nothing raises it.
#pragma once

#include <cstddef>
#include <span>
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
// "avxvnni" measures avx2's, whose int8 peak is half of what the byte dot product could reach.
Machine measure_machine(std::string_view isa, base::ForkJoinPool& pool);

// Seconds that all workers together take to read `bytes` once: what a pass over these very bytes,
// mapped as they are, can be compared with. Whole KiB only.
double seconds_to_read(std::string_view isa, base::ForkJoinPool& pool,
                       std::span<const std::byte> bytes);

// The higher of two measurements' peaks: take one before and one after, a neighbour may be busy.
Machine best_of(const Machine& before, const Machine& after);

// Binds each worker of the pool to a processor of its own, and so the threads that a library has
// started before. Where the system puts two workers on one processor every figure is halved.
void bind_threads(base::ForkJoinPool& pool);

}  // namespace cromwell::bench
