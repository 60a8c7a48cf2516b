// Three-way merge of a file that somebody else changed since an edit of it was made. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::workspace {

struct MergeInput {
  std::string_view base;    // what the edit started from
  std::string_view ours;    // the file as it is now
  std::string_view theirs;  // what the edit made of the base
  std::string file;         // its path, for messages and to know its language
};

// Both changes, as `git merge-file` joins them. kFileChanged where they touch the same lines, where
// the encodings differ or have two bytes to a character, and where the outcome has a syntax error
// that the file as it is now has not.
base::Result<std::string> merge_texts(const MergeInput& input);

}  // namespace cromwell::workspace
