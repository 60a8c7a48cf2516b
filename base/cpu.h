// What this machine's processor offers and how many of its cores we may use. Facts only: nothing
// here chooses a kernel table or starts a thread. Any thread may call.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace cromwell::base {

// Instruction sets that the processor has and the operating system saves on a context switch.
struct CpuFeatures {
  bool avx2 = false;
  bool fma = false;
  bool f16c = false;
  bool avxvnni = false;
  bool avx512f = false;
  bool avx512bw = false;
  bool avx512dq = false;
  bool avx512vl = false;
  bool avx512vnni = false;
};

CpuFeatures detect_cpu_features();

// The logical processors of this process's affinity mask, ascending; never empty.
std::vector<int> allowed_cpus();

// Physical cores among `cpus`, limited by the cgroup's CPU quota, at least 1. `sys` and `proc` are
// "/sys" and "/proc" (a test gives its own); what cannot be read there does not limit.
int count_usable_cores(const std::vector<int>& cpus, const std::filesystem::path& sys,
                       const std::filesystem::path& proc);

// What one core may count on, in bytes: a cache that several cores share counts by the part.
struct CacheSizes {
  std::size_t l1_data = std::size_t{32} << 10;
  std::size_t l2 = std::size_t{512} << 10;
  std::size_t l3 = std::size_t{2} << 20;
};

// Those of the first processor under `sys` ("/sys"); what cannot be read keeps the value above.
CacheSizes detect_cache_sizes(const std::filesystem::path& sys);

// Tells the core that we are in a spin loop.
inline void cpu_relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace cromwell::base
