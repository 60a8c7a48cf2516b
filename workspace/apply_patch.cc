// Reading a unified diff and applying it strictly; see diff.h.
#include <charconv>

#include "workspace/diff.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Takes lines off the front of a text, ending included; empty at the end.
struct LineCursor {
  std::string_view text;
  int line = 0;  // lines taken so far

  std::string_view next() {
    const std::size_t end = text.find('\n');
    const std::string_view found = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(found.size());
    line += found.empty() ? 0 : 1;
    return found;
  }
};

Error bad_patch(int line, const std::string& expected) {
  return {ErrorCode::kInvalidRequest,
          "patch: line " + std::to_string(line) + ": expected " + expected};
}

Error mismatch(int line, std::string_view expected) {
  return {ErrorCode::kConflict, "patch: line " + std::to_string(line) + " of the file should be '" +
                                    std::string(expected.substr(0, expected.find('\n'))) + "'"};
}

// "-3,2" or "-3" at the front of `text`, taken off it.
bool take_range(std::string_view& text, char mark, int& start, int& lines) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(1);
  const auto take_number = [&text](int& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || number < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return true;
  };
  lines = 1;
  if (!take_number(start)) return false;
  if (!text.starts_with(',')) return true;
  text.remove_prefix(1);
  return take_number(lines);
}

bool parse_header(std::string_view line, Hunk& hunk) {
  if (!line.starts_with("@@ ")) return false;
  line.remove_prefix(3);
  if (!take_range(line, '-', hunk.old_start, hunk.old_lines) || !line.starts_with(' ')) {
    return false;
  }
  line.remove_prefix(1);
  return take_range(line, '+', hunk.new_start, hunk.new_lines) && line.starts_with(" @@");
}

Result<Hunk> parse_hunk(LineCursor& patch) {
  Hunk hunk;
  if (!parse_header(patch.next(), hunk)) return bad_patch(patch.line, "'@@ -l,s +l,s @@'");
  int old_left = hunk.old_lines;
  int new_left = hunk.new_lines;
  while (old_left > 0 || new_left > 0) {
    const std::string_view line = patch.next();
    const char origin = line.empty() ? '\0' : line[0];
    if ((origin != ' ' && origin != '-' && origin != '+') || !line.ends_with('\n')) {
      return bad_patch(patch.line, "a line that begins with ' ', '-' or '+'");
    }
    old_left -= origin == '+' ? 0 : 1;
    new_left -= origin == '-' ? 0 : 1;
    hunk.lines.emplace_back(line);
    if (patch.text.starts_with("\\ ")) {  // "\ No newline at end of file"
      hunk.lines.back().pop_back();
      patch.next();
    }
  }
  if (old_left < 0 || new_left < 0) return bad_patch(patch.line, "as many lines as '@@' says");
  return hunk;
}

Result<> apply_hunk(const Hunk& hunk, LineCursor& old, std::string& out) {
  // An empty range names the line before it: "-0,0" is before the first line.
  const int begin = hunk.old_lines == 0 ? hunk.old_start : hunk.old_start - 1;
  if (begin < old.line) {
    return Error{ErrorCode::kInvalidRequest, "patch: a hunk begins before the previous one ends"};
  }
  while (old.line < begin) {
    const std::string_view line = old.next();
    if (line.empty()) {
      return Error{ErrorCode::kConflict, "patch: the file has " + std::to_string(old.line) +
                                             " lines, expected " + std::to_string(begin)};
    }
    out += line;
  }
  for (const std::string& line : hunk.lines) {
    const std::string_view content = std::string_view(line).substr(1);
    if (line[0] != '+' && old.next() != content) return mismatch(old.line, content);
    if (line[0] == '-') continue;
    if (!out.empty() && !out.ends_with('\n')) {
      return Error{ErrorCode::kInvalidRequest, "patch: a line follows the unended last one"};
    }
    out += content;
  }
  return {};
}

}  // namespace

base::Result<std::string> apply_patch(std::string_view old_bytes, std::string_view patch) {
  LineCursor text{patch};
  if (patch.empty()) return std::string(old_bytes);
  if (!text.next().starts_with("--- ")) return bad_patch(text.line, "'--- '");
  if (!text.next().starts_with("+++ ")) return bad_patch(text.line, "'+++ '");
  LineCursor old{old_bytes};
  std::string out;
  do {
    CROMWELL_ASSIGN(const Hunk hunk, parse_hunk(text));
    CROMWELL_TRY(apply_hunk(hunk, old, out));
  } while (!text.text.empty());
  if (!old.text.empty() && !out.empty() && !out.ends_with('\n')) {
    return Error{ErrorCode::kInvalidRequest, "patch: it ends the file before its last line"};
  }
  return out.append(old.text);
}

}  // namespace cromwell::workspace
