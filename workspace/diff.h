// Unified diffs over raw bytes (libgit2's xdiff), as `git apply` and `patch` read them. Lines are
// git's: they end at \n, whatever the file's encoding. Pure, any thread.
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

// `path` is relative, its parts divided by '/'; git's quoting is applied where it needs it.
base::Result<Diff> make_diff(std::string_view old_bytes, std::string_view new_bytes,
                             const std::string& path);
// The patch of one file applied exactly where it says, without fuzz: used to prove that what we
// show applies. (Our own few lines, since libgit2 applies only inside a repository, and its patch
// reader runs past the end of a line with a NUL.) kInvalidRequest for text that is no such patch,
// kConflict where a line is not as the patch expects.
base::Result<std::string> apply_patch(std::string_view old_bytes, std::string_view patch);

// A run of old lines and the run of new lines in its place, 0-based; either may be empty.
struct LineChange {
  int old_begin = 0, old_count = 0, new_begin = 0, new_count = 0;
};
// In ascending order; the lines between two changes are the same on both sides.
base::Result<std::vector<LineChange>> line_changes(std::string_view old_text,
                                                   std::string_view new_text);

}  // namespace cromwell::workspace
