#include "edit/lines.h"

#include <algorithm>
#include <optional>
#include <set>

namespace cromwell::edit {
namespace {
constexpr std::string_view kSpace = " \t";
}  // namespace

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string with_lf(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\r\n") ++i;
    result += text[i];
  }
  return result;
}

std::string join_lines(const std::vector<std::string_view>& lines) {
  std::string text;
  for (std::string_view line : lines) {
    text += line;
    text += '\n';
  }
  return text;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(kSpace) == std::string_view::npos;
}

std::string_view trim_right(std::string_view line) {
  const std::size_t last = line.find_last_not_of(kSpace);
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

std::string_view trim(std::string_view line) {
  line = trim_right(line);
  return line.substr(std::min(line.find_first_not_of(kSpace), line.size()));
}

std::string_view indent_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(kSpace), line.size()));
}

std::string_view common_indent(const std::vector<std::string_view>& lines) {
  std::optional<std::string_view> common;
  for (std::string_view line : lines) {
    if (is_blank(line)) continue;
    const std::string_view indent = indent_of(line);
    if (!common) common = indent;
    const auto [end, unused] =
        std::mismatch(common->begin(), common->end(), indent.begin(), indent.end());
    common = common->substr(0, static_cast<std::size_t>(end - common->begin()));
  }
  return common.value_or(std::string_view());
}

std::vector<std::string_view> missing_from(const std::vector<std::string_view>& others,
                                           const std::vector<std::string_view>& lines) {
  std::set<std::string_view> known;
  for (std::string_view line : others) known.insert(trim(line));
  std::vector<std::string_view> result;
  for (std::string_view line : lines) {
    if (!is_blank(line) && !known.contains(trim(line))) result.push_back(trim(line));
  }
  return result;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace cromwell::edit
