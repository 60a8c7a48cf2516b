// AnswerWatch: what is seen in an answer while it is being written: the changes that are certain
// (edit/hunk_stream), and a line that no continuation can mend, since a bracket in it closes what
// was never opened (workspace/bracket_scan). Only of protocols whose answer is the region's text.
// Copyable: a fresh one that reads the same text again has seen the same. One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edit/edit_target.h"
#include "edit/hunk_stream.h"
#include "edit/protocol.h"
#include "workspace/bracket_scan.h"

namespace cromwell::edit {

class AnswerWatch {
 public:
  // `protocol`, `prompt` and `target` outlive it. `exact`: whitespace is what the edit is about.
  AnswerWatch(const EditTarget& target, const Protocol& protocol, const Prompt& prompt, bool exact);

  // `answer` is all of it so far. The changes that have become certain.
  std::vector<workspace::Hunk> read(std::string_view answer);

  // Where in the answer the line begins that cannot be mended.
  std::optional<std::size_t> dead_end() const { return dead_end_; }
  // Goes on past it, and looks for no other.
  void ignore_dead_end() {
    brackets_.reset();
    dead_end_.reset();
  }

 private:
  void scan_before_region(const EditTarget& target);
  void read_line(std::string_view line, std::vector<workspace::Hunk>& hunks);
  void scan(std::string_view line, bool is_whole);

  const Protocol* protocol_;
  const Prompt* prompt_;
  const Region* region_;
  bool exact_;
  bool clean_;  // new lines end without whitespace
  HunkStream hunks_;
  std::optional<workspace::BracketScan> brackets_;  // none: nothing is known of the brackets
  std::optional<std::size_t> at_;                   // where the next line begins, once one does
  bool has_text_ = false;                           // a line that is not blank has come
  std::optional<std::size_t> dead_end_;
};

// All changes between two texts of the region, as the watch would have said them.
std::vector<workspace::Hunk> hunks_between(const Region& region, std::string_view new_text,
                                           bool exact);

}  // namespace cromwell::edit
