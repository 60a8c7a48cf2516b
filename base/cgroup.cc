#include "base/cgroup.h"

#include <fstream>
#include <string>

namespace cromwell::base {
namespace {

namespace fs = std::filesystem;

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// The mount, and each folder on the way down to the group.
void add_folders(const fs::path& mount, const fs::path& group, int version,
                 std::vector<CgroupFolder>& found) {
  found.push_back({mount, version});
  fs::path folder = mount;
  for (const fs::path& part : group.relative_path()) {
    if (part == "..") break;
    folder /= part;
    found.push_back({folder, version});
  }
}

}  // namespace

std::vector<CgroupFolder> cgroup_folders(std::string_view controller, const fs::path& sys,
                                         const fs::path& proc) {
  const fs::path mounts = sys / "fs/cgroup";
  std::vector<CgroupFolder> found;
  std::ifstream file(proc / "self/cgroup");
  // Each line is "number:controllers:path"; version 2 has an empty list of controllers. Version 1
  // may be mounted under one controller's name or under all of the line's, and version 2 beside it.
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      add_folders(mounts, group, 2, found);
      add_folders(mounts / "unified", group, 2, found);
    } else if (has_word(controllers, controller)) {
      add_folders(mounts / controller, group, 1, found);
      if (controllers != controller) add_folders(mounts / controllers, group, 1, found);
    }
  }
  return found;
}

}  // namespace cromwell::base
