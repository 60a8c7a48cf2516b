// HunkStream: the changes of an answer while it is being written. It gets the region's old lines,
// then the answer line by line, and says of each change as soon as the answer is back in the old
// text. Linear in both. Not the edit's diff, which is made of the finished answer: a hunk is
// provisional until then. Copyable; one thread at a time.
//
// The rule: a change begins with a line that is not the old line in its place. It ends before two
// lines in a row that stand so in the old text at or after the change's beginning (the nearest
// place counts), at least one of which holds a letter or a digit, or with the answer. Lines before
// those two that are the old ones as well are not part of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workspace/diff.h"

namespace cromwell::edit {

struct HunkStreamOptions {
  int first_line = 1;  // the number that the first old line has in its file
  bool exact = false;  // lines that differ in trailing whitespace differ
};

class HunkStream {
 public:
  // Lines without their \n.
  HunkStream(const std::vector<std::string_view>& old_lines, HunkStreamOptions options);

  // The answer's next line, complete. The change that ends before it, if one does: without context,
  // its lines ended by \n, its numbers as in a unified diff of the file.
  std::optional<workspace::Hunk> add(std::string_view line);
  // The answer ends here. Nothing may be added any more.
  std::optional<workspace::Hunk> finish();

 private:
  bool is_old(std::size_t place, std::string_view line) const;
  std::string key(std::string_view line) const;
  std::string pair_key(std::string_view first, std::string_view second) const;
  // Where the change's last two lines stand in the old text.
  std::optional<std::size_t> place_of_last_two() const;
  workspace::Hunk end_change(std::size_t old_end, std::size_t new_lines);

  HunkStreamOptions options_;
  std::vector<std::string> old_;
  std::unordered_map<std::string, std::vector<std::size_t>>
      pairs_;  // the first's places, ascending

  std::size_t old_at_ = 0;           // old lines that are dealt with; those of a change are not
  std::size_t new_at_ = 0;           // the same of the answer
  std::vector<std::string> change_;  // the answer's lines since it left the old text
};

}  // namespace cromwell::edit
