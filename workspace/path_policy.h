// Which files beneath a root an edit may touch, beyond being beneath it. The rules are data. Pure.
#pragma once

#include <string_view>

namespace cromwell::workspace {

enum class PathPolicy {
  kOpen,
  kOnlyIfNamed,  // secrets, and files that run code when they change: only if the client names them
  kNever,        // git's own data
};

// `path` is relative, its parts divided by '/'. The strictest rule of any part counts.
PathPolicy path_policy(std::string_view path);

}  // namespace cromwell::workspace
