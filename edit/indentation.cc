#include "edit/indentation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

// The one character that all indentation is made of; none: there is none, or both are.
std::optional<char> kind_of(const Lines& lines) {
  std::optional<char> kind;
  for (std::string_view line : lines) {
    if (is_blank(line)) continue;
    for (const char c : indent_of(line)) {
      if (kind && *kind != c) return std::nullopt;
      kind = c;
    }
  }
  return kind;
}

// Each depth in steps of `from` as the same number of `to`; none where a depth is no multiple.
std::optional<std::string> exchanged(const Lines& lines, std::size_t from, std::string_view to) {
  std::string text;
  for (std::string_view line : lines) {
    const std::size_t depth = is_blank(line) ? 0 : indent_of(line).size();
    if (depth % from != 0) return std::nullopt;
    for (std::size_t i = 0; i < depth / from; ++i) text += to;
    text.append(line.substr(depth)) += '\n';
  }
  return text;
}

int count_old(const std::multiset<std::string_view>& old_lines, const Lines& lines) {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [&](std::string_view line) {
    return !is_blank(line) && old_lines.contains(line);
  }));
}

}  // namespace

std::string with_indent_of(std::string_view old_text, std::string_view answer) {
  const Lines old_lines = split_lines(old_text);
  const Lines lines = split_lines(answer);
  const auto old_kind = kind_of(old_lines);
  const auto kind = kind_of(lines);
  std::string best(answer);
  if (!old_kind || !kind || *old_kind == *kind) return best;
  const std::multiset<std::string_view> known(old_lines.begin(), old_lines.end());
  int most = count_old(known, lines);
  for (const std::size_t width : {4U, 2U, 8U, 3U}) {
    const bool to_tabs = *old_kind == '\t';
    auto text = exchanged(lines, to_tabs ? width : 1,
                          to_tabs ? std::string(1, '\t') : std::string(width, ' '));
    if (!text) continue;
    const int count = count_old(known, split_lines(*text));
    if (count <= most) continue;
    most = count;
    best = std::move(*text);
  }
  return best;
}

}  // namespace cromwell::edit
