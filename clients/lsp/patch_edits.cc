#include "clients/lsp/patch_edits.h"

#include <charconv>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line =
      text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

// The 0-based line where the old side of "@@ -3,2 +3,4 @@" begins; -1 where it says none.
int old_begin(std::string_view header) {
  constexpr std::string_view kStart = "@@ -";
  if (!header.starts_with(kStart)) return -1;
  const char* const end = header.data() + header.size();
  int start = 0;
  int lines = 1;
  auto parsed = std::from_chars(header.data() + kStart.size(), end, start);
  if (parsed.ec != std::errc() || start < 0) return -1;
  if (parsed.ptr != end && *parsed.ptr == ',') {
    parsed = std::from_chars(parsed.ptr + 1, end, lines);
    if (parsed.ec != std::errc() || lines < 0) return -1;
  }
  // A range of no lines names the line before it.
  return lines == 0 ? start : start - 1;
}

// Puts the changed lines of one hunk together.
class Runs {
 public:
  Runs(std::vector<LineEdit>& edits, int line) : edits_(edits), line_(line) {}

  // False: no line of a hunk.
  bool take(std::string_view line) {
    switch (line.front()) {
      case ' ':
        open_ = false;
        ++line_;
        return true;
      case '-':
        begin();
        edits_.back().end_line = ++line_;
        return true;
      case '+':
        begin();
        edits_.back().new_text += line.substr(1);
        return true;
      case '\\':  // "\ No newline at end of file": of the line before
        if (open_ && last_ == '+' && edits_.back().new_text.ends_with('\n')) {
          edits_.back().new_text.pop_back();
        }
        return true;
      default:
        return false;
    }
  }
  void remember(char origin) { last_ = origin; }

 private:
  void begin() {
    if (!open_) edits_.push_back({line_, line_, {}});
    open_ = true;
  }

  std::vector<LineEdit>& edits_;
  int line_;
  bool open_ = false;
  char last_ = ' ';
};

}  // namespace

Result<std::vector<LineEdit>> patch_edits(std::string_view patch) {
  const Error no_patch{.code = ErrorCode::kInvalidRequest,
                       .message = "the daemon's diff is no unified diff of one file"};
  std::vector<LineEdit> edits;
  if (patch.empty()) return edits;
  if (!take_line(patch).starts_with("--- ") || !take_line(patch).starts_with("+++ ")) {
    return no_patch;
  }
  while (!patch.empty()) {
    const int begin = old_begin(take_line(patch));
    if (begin < 0) return no_patch;
    Runs runs(edits, begin);
    while (!patch.empty() && !patch.starts_with("@@ ")) {
      const std::string_view line = take_line(patch);
      if (!runs.take(line)) return no_patch;
      runs.remember(line.front());
    }
  }
  return edits;
}

}  // namespace cromwell::lsp
