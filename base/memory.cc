#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

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
std::size_t room_in(const fs::path& folder, const char* limit_name, const char* used_name) {
  const auto limit = read_number(folder / limit_name);
  const auto used = read_number(folder / used_name);
  if (!limit || !used) return kUnlimited;
  return *limit > *used ? *limit - *used : 0;
}

// The least of a group and all groups above it. In a container the path may name a group of the
// host that is not mounted here; then only the mount's own files are left to read.
std::size_t room_up_to_root(const fs::path& mount, const fs::path& group, const char* limit_name,
                            const char* used_name) {
  std::size_t room = room_in(mount, limit_name, used_name);
  fs::path folder = mount;
  for (const fs::path& part : group.relative_path()) {
    if (part == "..") break;
    folder /= part;
    room = std::min(room, room_in(folder, limit_name, used_name));
  }
  return room;
}

std::size_t cgroup_bytes(const fs::path& sys, const fs::path& proc) {
  const fs::path mounts = sys / "fs/cgroup";
  std::size_t room = kUnlimited;
  std::ifstream file(proc / "self/cgroup");
  // Each line is "number:controllers:path"; version 2 has an empty list of controllers.
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string number;
    std::string controllers;
    std::string group;
    std::getline(fields, number, ':');
    std::getline(fields, controllers, ':');
    std::getline(fields, group);
    if (controllers.empty()) {
      room = std::min(room, room_up_to_root(mounts, group, "memory.max", "memory.current"));
    } else if (controllers == "memory") {
      room = std::min(room, room_up_to_root(mounts / "memory", group, "memory.limit_in_bytes",
                                            "memory.usage_in_bytes"));
    }
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
