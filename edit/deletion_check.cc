#include "edit/deletion_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "edit/lines.h"
#include "edit/refusal.h"
#include "workspace/identifiers.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr int kDeletionMinLines = 4;  // a region of at most this many lines may shrink freely

bool has_word(std::string_view instruction, const std::set<std::string_view>& words) {
  const std::string lower = to_lower(instruction);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  for (auto word = lower.begin(); word != lower.end();) {
    const auto end = std::find_if_not(word, lower.end(), is_letter);
    if (words.contains(std::string_view(word, end))) return true;
    word = end == lower.end() ? end : end + 1;
  }
  return false;
}

bool asks_to_remove(std::string_view instruction) {
  static const std::set<std::string_view> kWords = {
      "remove",  "removes",  "removing",   "delete",      "deletes",   "deleting",  "drop",
      "drops",   "dropping", "strip",      "strips",      "stripping", "shorten",   "shortens",
      "shorter", "simplify", "simplifies", "simplifying", "cut",       "eliminate", "erase"};
  return has_word(instruction, kWords);
}

// Of what is removed nothing may be left.
bool names_a_whole(std::string_view instruction) {
  static const std::set<std::string_view> kWords = {
      "all",      "everything", "whole",  "entire", "this",  "these",     "it",      "them",
      "function", "class",      "method", "block",  "lines", "selection", "section", "region"};
  return asks_to_remove(instruction) && has_word(instruction, kWords);
}

int text_lines(const Lines& lines) {
  return static_cast<int>(
      lines.size() - static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), is_blank)));
}

// What an edit that is not about removing may take away of so many lines: half of a small region,
// less of a large one.
int allowed_loss(int lines) {
  constexpr int kSmallRegion = 20;
  return std::min(lines, kSmallRegion) / 2 + std::max(0, lines - kSmallRegion) / 4;
}

// What `lines` name: their words without those that only order what is done.
std::set<std::string_view> names_in(const Lines& lines) {
  static const std::set<std::string_view> kOrder = {
      "and",    "append", "as",    "auto",  "break", "case",  "const", "continue", "def",  "do",
      "elif",   "else",   "end",   "false", "fn",    "for",   "func",  "if",       "in",   "int",
      "is",     "let",    "match", "mut",   "nil",   "not",   "null",  "or",       "pass", "push",
      "return", "then",   "true",  "try",   "var",   "while", "False", "None",     "Some", "True"};
  std::set<std::string_view> names;
  for (std::string_view line : lines) {
    for (std::string_view name : workspace::identifiers_of(line)) {
      if (!kOrder.contains(name)) names.insert(name);
    }
  }
  return names;
}

// A loop that became an expression is shorter, but still speaks of the same things: at least half
// of what the removed lines name is in the lines that came for them.
bool says_the_same(const Lines& removed, const Lines& added) {
  const std::set<std::string_view> old_names = names_in(removed), new_names = names_in(added);
  const auto kept = std::ranges::count_if(
      old_names, [&](std::string_view name) { return new_names.contains(name); });
  return kept > 0 && 2 * static_cast<std::size_t>(kept) >= old_names.size();
}

}  // namespace

base::Result<> check_deletion(const Lines& old_lines, const Lines& new_lines,
                              std::string_view instruction) {
  const int before = text_lines(old_lines);
  const int after = text_lines(new_lines);
  const bool removes = asks_to_remove(instruction);
  if (after == 0 && before > (removes ? kDeletionMinLines : 0) && !names_a_whole(instruction)) {
    return refused("it is empty");
  }
  if (removes || before <= kDeletionMinLines || before - after <= allowed_loss(before)) return {};
  if (says_the_same(missing_from(new_lines, old_lines), missing_from(old_lines, new_lines))) {
    return {};
  }
  return refused("it deletes too much of the region (" + std::to_string(before) + " lines become " +
                 std::to_string(after) + ") and the instruction does not say to remove anything");
}

}  // namespace cromwell::edit
