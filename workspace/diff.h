// Unified diffs over raw bytes (libgit2's xdiff), as `git apply` and `patch` read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::workspace {

struct Hunk {
  int old_start = 0, old_lines = 0, new_start = 0, new_lines = 0;
  std::vector<std::string> lines;  // each with its ' ', '+' or '-', ending included
};

struct Diff {
  std::string patch;  // empty if nothing changed; headers "--- a/PATH" and "+++ b/PATH"
  std::vector<Hunk> hunks;
  int added = 0;
  int removed = 0;
};

base::Result<Diff> make_diff(std::string_view old_bytes, std::string_view new_bytes,
                             const std::string& path);
// The patch applied to old_bytes, by libgit2: used to prove that what we show applies.
base::Result<std::string> apply_patch(std::string_view old_bytes, std::string_view patch);

}  // namespace cromwell::workspace
