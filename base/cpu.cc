// Reads processor facts from cpuid, /sys and the control groups. /proc/cpuinfo is not used:
// systemd's ProcSubset=pid hides it.
#include "base/cpu.h"

#include <sched.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "base/cgroup.h"

namespace cromwell::base {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxCpus = 1 << 16;  // the largest affinity mask that we ask the kernel for
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

std::optional<std::string> read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

// "max 100000" or "150000 100000" -> cores.
double parse_cpu_max(const std::string& line) {
  std::istringstream words(line);
  double quota = 0;
  double period = 0;
  if (!(words >> quota >> period) || quota <= 0 || period <= 0) return kUnlimited;
  return quota / period;
}

double quota_of(const CgroupFolder& group) {
  if (group.version == 2) {
    const auto line = read_line(group.path / "cpu.max");
    return line ? parse_cpu_max(*line) : kUnlimited;
  }
  const auto quota = read_line(group.path / "cpu.cfs_quota_us");
  const auto period = read_line(group.path / "cpu.cfs_period_us");
  return quota && period ? parse_cpu_max(*quota + " " + *period) : kUnlimited;
}

double cgroup_cores(const fs::path& sys, const fs::path& proc) {
  double cores = kUnlimited;
  for (const CgroupFolder& group : cgroup_folders("cpu", sys, proc)) {
    cores = std::min(cores, quota_of(group));
  }
  return cores;
}

// Hyper-threads of one core share the same list of siblings.
int physical_cores(const std::vector<int>& cpus, const fs::path& sys) {
  std::set<std::string> cores;
  for (const int cpu : cpus) {
    const fs::path topology =
        sys / "devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "topology";
    auto siblings = read_line(topology / "core_cpus_list");
    if (!siblings) siblings = read_line(topology / "thread_siblings_list");
    cores.insert(siblings.value_or("cpu" + std::to_string(cpu)));
  }
  return static_cast<int>(cores.size());
}

#if defined(__x86_64__) || defined(__i386__)
// __builtin_cpu_supports of this compiler does not know it: leaf 7, subleaf 1, EAX bit 4.
bool has_avxvnni() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1u << 4)) != 0;
}
#endif

// "0-3,8" -> 5; 0 for what is not such a list.
int count_cpus(const std::string& list) {
  int count = 0;
  std::istringstream ranges(list);
  for (std::string range; std::getline(ranges, range, ',');) {
    int first = 0;
    int last = 0;
    const int read = std::sscanf(range.c_str(), "%d-%d", &first, &last);
    if (read < 1 || (read == 2 && last < first)) return 0;
    count += read == 2 ? last - first + 1 : 1;
  }
  return count;
}

// "32K" -> 32768; 0 for what is not a size.
std::size_t parse_cache_size(const std::string& text) {
  std::istringstream words(text);
  std::size_t size = 0;
  char unit = ' ';
  if (!(words >> size)) return 0;
  words >> unit;
  return unit == 'K' ? size << 10 : unit == 'M' ? size << 20 : size;
}

struct Cache {
  std::size_t bytes = 0;
  int cpus = 1;  // that share it
};

// Data and unified caches of processor 0, by level.
std::array<Cache, 4> read_caches(const fs::path& sys) {
  std::array<Cache, 4> caches;
  for (int index = 0; index < 16; ++index) {
    const fs::path folder =
        sys / "devices/system/cpu/cpu0/cache" / ("index" + std::to_string(index));
    const auto level = read_line(folder / "level");
    const auto type = read_line(folder / "type");
    const auto size = read_line(folder / "size");
    if (!level || !type || !size) break;
    if (level->size() != 1 || *level < "1" || *level > "3" || *type == "Instruction") continue;
    const auto cpus = read_line(folder / "shared_cpu_list");
    caches[static_cast<std::size_t>(level->front() - '0')] = {
        .bytes = parse_cache_size(*size), .cpus = std::max(1, cpus ? count_cpus(*cpus) : 1)};
  }
  return caches;
}

}  // namespace

CpuFeatures detect_cpu_features() {
  CpuFeatures features;
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  features.avx2 = __builtin_cpu_supports("avx2") != 0;
  features.fma = __builtin_cpu_supports("fma") != 0;
  features.f16c = __builtin_cpu_supports("f16c") != 0;
  features.avxvnni = features.avx2 && has_avxvnni();
  features.avx512f = __builtin_cpu_supports("avx512f") != 0;
  features.avx512bw = __builtin_cpu_supports("avx512bw") != 0;
  features.avx512dq = __builtin_cpu_supports("avx512dq") != 0;
  features.avx512vl = __builtin_cpu_supports("avx512vl") != 0;
  features.avx512vnni = __builtin_cpu_supports("avx512vnni") != 0;
#endif
  return features;
}

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  for (int capacity = CPU_SETSIZE; capacity <= kMaxCpus && cpus.empty(); capacity *= 4) {
    cpu_set_t* mask = CPU_ALLOC(static_cast<std::size_t>(capacity));
    if (mask == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(capacity));
    CPU_ZERO_S(bytes, mask);
    if (sched_getaffinity(0, bytes, mask) == 0) {
      for (int cpu = 0; cpu < capacity; ++cpu) {
        if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, mask)) cpus.push_back(cpu);
      }
    }
    CPU_FREE(mask);
  }
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

CacheSizes detect_cache_sizes(const fs::path& sys) {
  const std::array<Cache, 4> caches = read_caches(sys);
  const int threads = caches[1].cpus;  // hyper-threads of a core share its first level
  CacheSizes sizes;
  const auto take = [&](const Cache& cache, std::size_t& size) {
    const auto cores = static_cast<std::size_t>(std::max(1, cache.cpus / threads));
    if (cache.bytes > 0) size = cache.bytes / cores;
  };
  take(caches[1], sizes.l1_data);
  take(caches[2], sizes.l2);
  take(caches[3], sizes.l3);
  return sizes;
}

int count_usable_cores(const std::vector<int>& cpus, const fs::path& sys, const fs::path& proc) {
  const int cores = std::max(1, physical_cores(cpus, sys));
  const double quota = cgroup_cores(sys, proc);
  // A spinning fork-join pool wider than its quota is throttled as a whole, hence rounding down.
  return quota < cores ? std::max(1, static_cast<int>(quota)) : cores;
}

}  // namespace cromwell::base
