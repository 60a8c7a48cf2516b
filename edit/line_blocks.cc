#include "edit/line_blocks.h"

#include <algorithm>
#include <utility>

#include "edit/lines.h"
#include "workspace/diff.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMaxCompared = std::size_t{1} << 25;  // lines, in looking for blocks' places

class BlockMaker {
 public:
  BlockMaker(const Lines& old_lines, const BlockFound& is_found)
      : old_lines_(old_lines), is_found_(is_found) {}

  void add(LineBlock block, int next_change) {
    if (!blocks_.empty() && end_of(blocks_.back()) >= block.begin) join(block);
    // Back to the block before, on to the next change, in turn.
    for (bool back = true; !done(block); back = !back) {
      const bool can_go_back = block.begin > from();
      const bool can_go_on = end_of(block) < next_change;
      if (can_go_back && (back || !can_go_on)) {
        block.lines.insert(block.lines.begin(), std::string(line(--block.begin)));
        ++block.count;
      } else if (can_go_on) {
        block.lines.emplace_back(line(end_of(block)));
        ++block.count;
      } else if (!blocks_.empty()) {
        join(block);
      } else {
        break;  // it begins the text: the next change joins it
      }
    }
    blocks_.push_back(std::move(block));
  }
  base::Result<std::vector<LineBlock>> take() {
    if (compared_ <= kMaxCompared) return std::move(blocks_);
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "the lines are too many, and too alike, to tell apart"};
  }

 private:
  static int end_of(const LineBlock& block) { return block.begin + block.count; }
  int from() const { return blocks_.empty() ? 0 : end_of(blocks_.back()); }
  std::string_view line(int index) const { return old_lines_[static_cast<std::size_t>(index)]; }
  bool done(const LineBlock& block) {
    if (old_lines_.empty() || compared_ > kMaxCompared) return true;
    compared_ += old_lines_.size() * static_cast<std::size_t>(block.count);
    return block.count > 0 && is_found_(block, from());
  }
  // The block before, what stands between, and the block are one.
  void join(LineBlock& block) {
    LineBlock joined = std::move(blocks_.back());
    blocks_.pop_back();
    for (; end_of(joined) < block.begin; ++joined.count) {
      joined.lines.emplace_back(line(end_of(joined)));
    }
    joined.count += block.count;
    joined.lines.insert(joined.lines.end(), block.lines.begin(), block.lines.end());
    block = std::move(joined);
  }

  const Lines& old_lines_;
  const BlockFound& is_found_;
  std::size_t compared_ = 0;
  std::vector<LineBlock> blocks_;
};

}  // namespace

std::string replace_blocks(const Lines& old_lines, const std::vector<LineBlock>& blocks) {
  std::string text;
  int at = 0;
  const auto keep_to = [&](int end) {
    for (; at < end; ++at) text.append(old_lines[static_cast<std::size_t>(at)]) += '\n';
  };
  for (const LineBlock& block : blocks) {
    keep_to(block.begin);
    for (const std::string& line : block.lines) text.append(line) += '\n';
    at = block.begin + block.count;
  }
  keep_to(static_cast<int>(old_lines.size()));
  return text;
}

base::Result<std::vector<LineBlock>> find_blocks(std::string_view old_text,
                                                 std::string_view new_text,
                                                 const BlockFound& is_found) {
  const Lines old_lines = split_lines(old_text);
  const Lines new_lines = split_lines(new_text);
  CROMWELL_ASSIGN(const auto changes, workspace::line_changes(old_text, new_text));
  BlockMaker maker(old_lines, is_found);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const workspace::LineChange& change = changes[i];
    LineBlock block{.begin = change.old_begin, .count = change.old_count};
    const auto first = new_lines.begin() + change.new_begin;
    block.lines.assign(first, first + change.new_count);
    const bool is_last = i + 1 == changes.size();
    maker.add(std::move(block),
              is_last ? static_cast<int>(old_lines.size()) : changes[i + 1].old_begin);
  }
  return maker.take();
}

}  // namespace cromwell::edit
