#include "edit/elision.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::array kStarts = {"//", "#",  "/*", "{/*",    "<!--", "--", "*",   ";",
                                "%",  "(*", "{-", "\"\"\"", "'''",  "'",  "rem "};

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

// What such comments say, whatever stands before or behind it.
bool says_so(std::string_view comment) {
  if (has_any(comment,
              {"remains the same", "remain the same", "remains unchanged", "remain unchanged",
               "stays the same", "rest unchanged", "unchanged code", "code unchanged",
               "omitted for brevity", "omitted for clarity", "same as before", "same as above",
               "existing code", "previous code", "your code here", "code goes here"})) {
    return true;
  }
  return has_any(comment, {"rest of the ", "rest of your ", "remaining code", "other code"}) &&
         has_any(comment, {"code", "function", "file", "class", "method", "implementation"});
}

// The text of a comment that fills the line, lower case; empty if the line is none.
std::string comment_text(std::string_view line) {
  const std::string lower = to_lower(trim(line));
  for (const std::string_view start : kStarts) {
    if (lower.starts_with(start)) return std::string(trim(lower.substr(start.size())));
  }
  return {};
}

// The comment behind code, if one may stand there.
std::string_view comment_behind(std::string_view line) {
  for (const std::string_view start : {" // ", " # ", " /* ", " -- "}) {
    const std::size_t found = line.find(start);
    if (found != std::string_view::npos) return line.substr(found + start.size());
  }
  return {};
}

// The one place of `line` in `lines`.
std::optional<std::size_t> only_place(const Lines& lines, std::string_view line) {
  const auto is_it = [&](std::string_view other) { return trim_right(other) == trim_right(line); };
  const auto first = std::find_if(lines.begin(), lines.end(), is_it);
  if (first == lines.end() || std::any_of(first + 1, lines.end(), is_it)) return std::nullopt;
  return static_cast<std::size_t>(first - lines.begin());
}

struct Gap {
  std::size_t begin, end;  // of the old lines
};

// What the line at `at` stands for.
std::optional<Gap> gap_at(const Lines& old_lines, const Lines& lines, std::size_t at) {
  Gap gap{0, old_lines.size()};
  const auto is_text = [](std::string_view line) { return !is_blank(line); };
  const auto here = lines.begin() + static_cast<std::ptrdiff_t>(at);
  const auto before = std::find_if(std::make_reverse_iterator(here), lines.rend(), is_text);
  if (before != lines.rend()) {
    const auto place = only_place(old_lines, *before);
    if (!place) return std::nullopt;
    gap.begin = *place + 1;
  }
  const auto after = std::find_if(here + 1, lines.end(), is_text);
  if (after != lines.end()) {
    const auto place = only_place(old_lines, *after);
    if (!place) return std::nullopt;
    gap.end = *place;
  }
  return gap.begin < gap.end ? std::optional(gap) : std::nullopt;
}

}  // namespace

bool leaves_code_out(std::string_view line, bool python) {
  const std::string_view text = trim(line);
  if (!python && (text == "..." || text == "…" || text == "[...]")) return true;
  const std::string comment = comment_text(line);
  if (comment.starts_with("...") || comment.starts_with("…")) return true;
  return says_so(comment.empty() ? to_lower(comment_behind(line)) : comment);
}

std::string fill_elisions(std::string_view old_text, std::string_view answer, bool python) {
  const Lines old_lines = split_lines(old_text);
  const Lines lines = split_lines(answer);
  std::set<std::string_view> known;
  for (std::string_view line : old_lines) known.insert(trim(line));

  Lines filled;
  std::size_t old_at = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (comment_text(line).empty() || known.contains(trim(line)) ||
        !leaves_code_out(line, python)) {
      filled.push_back(line);
      continue;
    }
    const auto gap = gap_at(old_lines, lines, i);
    if (!gap || gap->begin < old_at) return std::string(answer);
    old_at = gap->end;
    const auto begin = old_lines.begin() + static_cast<std::ptrdiff_t>(gap->begin);
    const auto end = old_lines.begin() + static_cast<std::ptrdiff_t>(gap->end);
    // Blank lines around the comment are those that the old text has there, said again.
    while (is_blank(*begin) && !filled.empty() && is_blank(filled.back())) filled.pop_back();
    filled.insert(filled.end(), begin, end);
    while (is_blank(*(end - 1)) && i + 1 < lines.size() && is_blank(lines[i + 1])) ++i;
  }
  return join_lines(filled);
}

}  // namespace cromwell::edit
