#include "edit/region.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "edit/indentation.h"
#include "edit/lines.h"
#include "workspace/diff.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

Lines without_indent(const Lines& lines, std::string_view indent) {
  Lines result;
  for (std::string_view line : lines) {
    result.push_back(line.starts_with(indent) ? line.substr(indent.size()) : std::string_view());
  }
  return result;
}

int count_common(const Lines& lines, const std::multiset<std::string_view>& old_lines) {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [&](std::string_view line) {
    return !is_blank(line) && old_lines.contains(line);
  }));
}

// The answer's lines without the indentation that the model gave to all of them, if taking it off
// makes more of them equal to old lines, or the first one stand where the old first one stood.
Lines shift_back(const Lines& shown, Lines answer) {
  const std::string_view indent = common_indent(answer);
  if (indent.empty() || shown.empty()) return answer;
  const std::multiset<std::string_view> old_lines(shown.begin(), shown.end());
  Lines shifted = without_indent(answer, indent);
  const int before = count_common(answer, old_lines);
  const int after = count_common(shifted, old_lines);
  const bool first_fits = indent_of(shifted.front()) == indent_of(shown.front());
  return after > before || (after == before && first_fits) ? shifted : answer;
}

Lines without_blank_edges(Lines lines) {
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  lines.erase(lines.begin(), first);
  return lines;
}

// `text` with the old line wherever a line diff that is blind to trailing whitespace finds no
// change.
std::string keep_old_lines(std::string_view old_text, const std::string& text) {
  const Lines old_lines = split_lines(old_text);
  const Lines lines = split_lines(text);
  const auto keys = [](const Lines& all) {
    std::string joined;
    for (std::string_view line : all) joined.append(trim_right(line)).push_back('\n');
    return joined;
  };
  const auto changes = workspace::line_changes(keys(old_lines), keys(lines));
  if (!changes) return text;

  Lines result;
  const auto add = [&result](const Lines& from, int begin, int end) {
    result.insert(result.end(), from.begin() + begin, from.begin() + end);
  };
  int old_line = 0;
  for (const workspace::LineChange& change : *changes) {
    add(old_lines, old_line, change.old_begin);
    add(lines, change.new_begin, change.new_begin + change.new_count);
    old_line = change.old_begin + change.old_count;
  }
  add(old_lines, old_line, static_cast<int>(old_lines.size()));
  return join_lines(result);
}

base::Error outside(const workspace::LineRange& selection, int line_count, const char* param) {
  return {.code = base::ErrorCode::kInvalidRequest,
          .message = "selection: " + lines_text(selection) + " of a file that has " +
                     std::to_string(line_count) + (line_count == 1 ? " line" : " lines"),
          .param = param};
}

base::Result<> check_range(const workspace::TextFile& file, const workspace::LineRange& range) {
  const int line_count = file.line_count();
  if (range.first < 1 || range.first > line_count + 1) {
    return outside(range, line_count, "selection.start_line");
  }
  if (range.last < range.first - 1 || range.last > line_count) {
    return outside(range, line_count, "selection.end_line");
  }
  return {};
}

base::Error no_such_place(const std::string& found, const std::string& expected,
                          const char* param) {
  return {.code = base::ErrorCode::kInvalidRequest,
          .message = std::string(param) + ": " + found + ", expected " + expected,
          .param = param};
}

// Bytes of the first `characters` of a line; none if it has not as many.
std::optional<std::size_t> bytes_of(std::string_view line, int characters) {
  std::size_t bytes = 0;
  for (; characters > 0 && bytes < line.size(); --characters) {
    ++bytes;
    const auto continues = [&](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    while (bytes < line.size() && continues(line[bytes])) ++bytes;
  }
  return characters > 0 ? std::nullopt : std::optional(bytes);
}

}  // namespace

std::string lines_text(const workspace::LineRange& range) {
  return "lines " + std::to_string(range.first) + " to " + std::to_string(range.last);
}

base::Result<Region> select_region(const workspace::TextFile& file,
                                   const std::optional<workspace::LineRange>& selection) {
  const workspace::LineRange range = selection.value_or(workspace::LineRange{1, file.line_count()});
  CROMWELL_TRY(check_range(file, range));
  Region region{.range = range, .text = file.text(range)};
  if (!region.text.empty() && !region.text.ends_with('\n')) region.text += '\n';
  const Lines lines = split_lines(region.text);
  const Lines core = without_blank_edges(lines);
  if (core.empty()) return region;  // nothing but blank lines: the answer takes their place

  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  region.blank_before = static_cast<int>(first - lines.begin());
  region.blank_after = static_cast<int>(lines.size() - core.size()) - region.blank_before;
  region.indent = common_indent(core);
  region.shown = as_shown(region, region.text);
  return region;
}

base::Result<Region> exact_region(const workspace::TextFile& file,
                                  const workspace::LineRange& selection) {
  CROMWELL_TRY(check_range(file, selection));
  Region region{.range = selection, .text = file.text(selection)};
  if (!region.text.empty() && !region.text.ends_with('\n')) region.text += '\n';
  region.shown = region.text;
  return region;
}

base::Result<Region> region_at(const workspace::TextFile& file, const Cursor& cursor) {
  const int line_count = file.line_count();
  if (cursor.line < 1 || cursor.line > line_count + 1) {
    return no_such_place(std::to_string(cursor.line), "1 to " + std::to_string(line_count + 1),
                         "cursor.line");
  }
  const bool is_after_all = cursor.line > line_count;
  CROMWELL_ASSIGN(Region region,
                  exact_region(file, {cursor.line, is_after_all ? line_count : cursor.line}));
  const std::string_view line = is_after_all ? std::string_view() : file.line(cursor.line);
  if (!cursor.column) {
    region.cursor = line.size();
    return region;
  }
  if (*cursor.column >= 1) region.cursor = bytes_of(line, *cursor.column - 1);
  if (region.cursor) return region;
  return no_such_place(std::to_string(*cursor.column), "a column of the line, or the one after it",
                       "cursor.column");
}

std::string as_shown(const Region& region, std::string_view text) {
  return join_lines(without_indent(without_blank_edges(split_lines(text)), region.indent));
}

bool has_clean_ends(const Region& region) {
  const Lines lines = split_lines(region.text);
  return std::all_of(lines.begin(), lines.end(),
                     [](std::string_view line) { return trim_right(line).size() == line.size(); });
}

std::string restore(const Region& region, std::string_view answer, bool exact) {
  const Lines shown = split_lines(region.shown);
  const std::string indented = exact ? std::string(answer) : with_indent_of(region.shown, answer);
  Lines lines = split_lines(indented);
  if (!exact) lines = shift_back(shown, without_blank_edges(std::move(lines)));
  if (lines.empty()) return region.shown.empty() ? region.text : "";

  const Lines old_lines = split_lines(region.text);
  const auto blank_lines = [&](std::size_t first, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text.append(old_lines[first + static_cast<std::size_t>(i)]) += '\n';
    }
    return text;
  };
  std::string text = blank_lines(0, region.blank_before);
  const bool clean = !exact && has_clean_ends(region);
  for (std::string_view line : lines) {
    if (clean) line = trim_right(line);
    if (!is_blank(line)) text += region.indent;
    text.append(line) += '\n';
  }
  text += blank_lines(old_lines.size() - static_cast<std::size_t>(region.blank_after),
                      region.blank_after);
  return exact ? text : keep_old_lines(region.text, text);
}

}  // namespace cromwell::edit
