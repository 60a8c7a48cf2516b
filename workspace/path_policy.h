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

// What the configuration says of names, as fnmatch(3).
struct SecretNames {
  std::vector<std::string> more;     // secret, too
  std::vector<std::string> allowed;  // a part that is secret by its name is kOnlyIfNamed
};

// `path` is relative, its parts divided by '/'; a folder's own ends in one. The strictest rule of
// any part counts.
PathPolicy path_policy(std::string_view path, const SecretNames& secrets = {});

}  // namespace cromwell::workspace
