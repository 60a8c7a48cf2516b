// LineLimit: ends a completion at the end of a line, as llama-server's clients ask for it: before a
// line that is indented less than n_indent (a blank one too), and at the first end of a line after
// t_max_predict_ms. A line's beginning is held back until it is known to stay. A value; one thread
// at a time.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::api {

struct LineLimitOptions {
  int min_indent = 0;  // blanks; 0 is off
  int max_ms = 0;      // 0 is off
};

class LineLimit {
 public:
  explicit LineLimit(LineLimitOptions options = {}) : options_(options) {}

  // What of the text so far may be shown now, `elapsed_ms` after the first of it. Once it has
  // ended() nothing more comes.
  std::string push(std::string_view text, double elapsed_ms);
  // No text follows: what was held back.
  std::string finish();
  bool ended() const { return ended_; }

 private:
  bool keeps(char next);

  LineLimitOptions options_;
  std::string held_;  // "\n" and the blanks of a line that may yet be the end
  bool ended_ = false;
};

}  // namespace cromwell::api
