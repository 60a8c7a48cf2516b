#include "edit/answer_watch.h"

#include <algorithm>
#include <utility>

#include "edit/language.h"
#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using workspace::BracketScan;
using workspace::Hunk;

HunkStream stream_of(const Region& region, bool exact) {
  return {split_lines(region.text), {.first_line = region.range.first, .exact = exact}};
}

// Only brackets, and what may stand between them: complete or not, they are code.
bool only_closes(std::string_view line) {
  return line.find_first_not_of(" \t)]};,") == std::string_view::npos;
}

}  // namespace

AnswerWatch::AnswerWatch(const EditTarget& target, const Protocol& protocol, const Prompt& prompt,
                         bool exact)
    : protocol_(&protocol),
      prompt_(&prompt),
      region_(&target.region),
      exact_(exact),
      clean_(!exact && has_clean_ends(target.region)),
      hunks_(stream_of(target.region, exact)) {
  const auto lines = split_lines(region_->text);
  for (int i = 0; i < region_->blank_before; ++i) hunks_.add(lines[static_cast<std::size_t>(i)]);
  scan_before_region(target);
}

// A file in which the scan finds a fault, or is not certain, is one that it does not understand.
void AnswerWatch::scan_before_region(const EditTarget& target) {
  const workspace::TextFile& file = target.base;
  const std::string text = file.text({1, file.line_count()});
  const auto grammar = language_of(target.snapshot.file, text).grammar;
  if (!BracketScan::supports(grammar)) return;
  BracketScan scan(grammar);
  std::optional<BracketScan> before;
  const int first = region_->range.first + region_->blank_before;
  for (int number = 1; number <= file.line_count(); ++number) {
    if (number == first) before = scan;
    if (!scan.feed(file.line(number))) return;
  }
  if (scan.certain()) brackets_ = before ? *before : scan;
}

std::vector<Hunk> AnswerWatch::read(std::string_view answer) {
  std::vector<Hunk> hunks;
  if (!at_) at_ = protocol_->region_begins(*prompt_, answer);
  if (!at_ || dead_end_) return hunks;
  for (std::size_t end = answer.find('\n', *at_); end != std::string_view::npos;
       end = answer.find('\n', *at_)) {
    std::string_view line = answer.substr(*at_, end - *at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    scan(line, true);
    if (dead_end_) break;
    at_ = end + 1;
    read_line(line, hunks);
  }
  if (!dead_end_) scan(answer.substr(std::min(*at_, answer.size())), false);
  return hunks;
}

void AnswerWatch::read_line(std::string_view line, std::vector<Hunk>& hunks) {
  const bool blank = is_blank(line);
  has_text_ = has_text_ || !blank;
  if (!has_text_ && !exact_) return;  // blank lines at the edge are not the answer's
  if (clean_) line = trim_right(line);
  const std::string restored = blank ? std::string(line) : region_->indent + std::string(line);
  if (auto hunk = hunks_.add(restored)) hunks.push_back(std::move(*hunk));
}

// Of a line that is not whole only what cannot come to mean something else.
void AnswerWatch::scan(std::string_view line, bool is_whole) {
  if (!brackets_) return;
  if (is_whole) {
    if (!brackets_->feed(line)) dead_end_ = at_;
  } else if (brackets_->in_code() && only_closes(line)) {
    BracketScan copy = *brackets_;
    if (!copy.feed(line)) dead_end_ = at_;
  }
}

std::vector<Hunk> hunks_between(const Region& region, std::string_view new_text, bool exact) {
  HunkStream stream = stream_of(region, exact);
  std::vector<Hunk> hunks;
  for (std::string_view line : split_lines(new_text)) {
    if (auto hunk = stream.add(line)) hunks.push_back(std::move(*hunk));
  }
  if (auto hunk = stream.finish()) hunks.push_back(std::move(*hunk));
  return hunks;
}

}  // namespace cromwell::edit
