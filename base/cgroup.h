// The control groups whose limits hold for this process, of either version of the interface. What
// their files say is the caller's business: base/cpu, base/memory. Any thread.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace cromwell::base {

struct CgroupFolder {
  std::filesystem::path path;
  int version = 2;  // which files it has: "cpu.max" or "cpu.cfs_quota_us"
};

// Of each group that limits `controller` ("cpu", "memory") and of all groups above it, beneath the
// mounts in `sys`/fs/cgroup; the groups' names are in `proc`/self/cgroup. A folder need not exist:
// in a container a name may be of the host, and then only the mount's own files are there.
std::vector<CgroupFolder> cgroup_folders(std::string_view controller,
                                         const std::filesystem::path& sys,
                                         const std::filesystem::path& proc);

}  // namespace cromwell::base
