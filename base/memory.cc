#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "base/cgroup.h"

namespace cromwell::base {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

// The number that a file begins with; none for "max".
std::optional<std::size_t> read_number(const fs::path& path) {
  std::ifstream file(path);
  std::size_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// "MemAvailable:   12345 kB"
std::optional<std::size_t> system_bytes(const fs::path& proc) {
  std::ifstream file(proc / "meminfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::size_t kilobytes = 0;
    if (words >> name >> kilobytes && name == "MemAvailable:") return kilobytes << 10;
  }
  return std::nullopt;
}

// What a group may still take of its own limit.
std::size_t room_in(const CgroupFolder& group) {
  const bool two = group.version == 2;
  const auto limit = read_number(group.path / (two ? "memory.max" : "memory.limit_in_bytes"));
  const auto used = read_number(group.path / (two ? "memory.current" : "memory.usage_in_bytes"));
  if (!limit || !used) return kUnlimited;
  return *limit > *used ? *limit - *used : 0;
}

std::size_t cgroup_bytes(const fs::path& sys, const fs::path& proc) {
  std::size_t room = kUnlimited;
  for (const CgroupFolder& group : cgroup_folders("memory", sys, proc)) {
    room = std::min(room, room_in(group));
  }
  return room;
}

}  // namespace

std::size_t available_memory(const fs::path& sys, const fs::path& proc) {
  const auto system = system_bytes(proc);
  if (!system) return 0;
  return std::min(*system, cgroup_bytes(sys, proc));
}

}  // namespace cromwell::base
