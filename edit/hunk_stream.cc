#include "edit/hunk_stream.h"

#include <algorithm>
#include <cassert>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using workspace::Hunk;

// "}" and blank lines are everywhere: two of them say nothing of where the answer is.
bool is_telling(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

HunkStream::HunkStream(const std::vector<std::string_view>& old_lines, HunkStreamOptions options)
    : options_(options), old_(old_lines.begin(), old_lines.end()) {
  for (std::size_t i = 0; i + 1 < old_.size(); ++i) {
    if (is_telling(old_[i]) || is_telling(old_[i + 1])) {
      pairs_[pair_key(old_[i], old_[i + 1])].push_back(i);
    }
  }
}

std::string HunkStream::key(std::string_view line) const {
  return std::string(options_.exact ? line : trim_right(line));
}

std::string HunkStream::pair_key(std::string_view first, std::string_view second) const {
  return key(first) + "\n" + key(second);
}

bool HunkStream::is_old(std::size_t place, std::string_view line) const {
  return key(old_[place]) == key(line);
}

std::optional<std::size_t> HunkStream::place_of_last_two() const {
  if (change_.size() < 2) return std::nullopt;
  const auto found = pairs_.find(pair_key(change_[change_.size() - 2], change_.back()));
  if (found == pairs_.end()) return std::nullopt;
  const auto place = std::lower_bound(found->second.begin(), found->second.end(), old_at_);
  return place == found->second.end() ? std::nullopt : std::optional(*place);
}

std::optional<Hunk> HunkStream::add(std::string_view line) {
  if (change_.empty() && old_at_ < old_.size() && is_old(old_at_, line)) {
    ++old_at_;
    ++new_at_;
    return std::nullopt;
  }
  change_.emplace_back(line);
  const auto place = place_of_last_two();
  if (!place) return std::nullopt;
  std::size_t old_end = *place;
  std::size_t new_lines = change_.size() - 2;
  while (old_end > old_at_ && new_lines > 0 && is_old(old_end - 1, change_[new_lines - 1])) {
    --old_end;
    --new_lines;
  }
  const std::size_t same = change_.size() - new_lines;
  Hunk hunk = end_change(old_end, new_lines);
  old_at_ += same;
  new_at_ += same;
  return hunk;
}

std::optional<Hunk> HunkStream::finish() {
  std::size_t old_end = old_.size();
  std::size_t new_lines = change_.size();
  while (old_end > old_at_ && new_lines > 0 && is_old(old_end - 1, change_[new_lines - 1])) {
    --old_end;
    --new_lines;
  }
  if (old_end == old_at_ && new_lines == 0) return std::nullopt;
  return end_change(old_end, new_lines);
}

// The change is the old lines from old_at_ to `old_end`, and the first `new_lines` of change_.
Hunk HunkStream::end_change(std::size_t old_end, std::size_t new_lines) {
  assert(old_end > old_at_ || new_lines > 0);
  // A unified diff names the line before where there is none.
  const auto start = [this](std::size_t at, std::size_t lines) {
    return options_.first_line + static_cast<int>(at) - (lines == 0 ? 1 : 0);
  };
  const std::size_t old_lines = old_end - old_at_;
  Hunk hunk{.old_start = start(old_at_, old_lines),
            .old_lines = static_cast<int>(old_lines),
            .new_start = start(new_at_, new_lines),
            .new_lines = static_cast<int>(new_lines)};
  for (std::size_t i = old_at_; i < old_end; ++i) hunk.lines.push_back("-" + old_[i] + "\n");
  for (std::size_t i = 0; i < new_lines; ++i) hunk.lines.push_back("+" + change_[i] + "\n");
  old_at_ = old_end;
  new_at_ += new_lines;
  change_.clear();
  return hunk;
}

}  // namespace cromwell::edit
