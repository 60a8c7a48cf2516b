// How much memory a process may still take. Any thread may call.
#pragma once

#include <cstddef>
#include <filesystem>

namespace cromwell::base {

// What the system could give without swapping, limited by the process's memory cgroup. `sys` and
// `proc` are "/sys" and "/proc" (a test gives its own); what cannot be read there does not limit,
// and where nothing can be read the answer is 0.
std::size_t available_memory(const std::filesystem::path& sys, const std::filesystem::path& proc);

}  // namespace cromwell::base
