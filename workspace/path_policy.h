// Which files beneath a root an edit may touch, beyond being beneath it. The rules are data. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cromwell::workspace {

enum class PathPolicy {
  kOpen,
  kOnlyIfNamed,  // files that run code when they change: only if the client names them
  kSecret,       // keys and passwords: neither read nor edited unless the configuration names them
  kNever,        // git's own data
};

// `path` is relative, its parts divided by '/'; a folder's own ends in one. The strictest rule of
// any part counts. A secret part whose name matches one of `allowed_secrets` (as fnmatch(3)) is
// kOnlyIfNamed.
PathPolicy path_policy(std::string_view path, const std::vector<std::string>& allowed_secrets = {});

}  // namespace cromwell::workspace
