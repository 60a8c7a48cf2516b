#include "edit/search_blocks.h"

#include <algorithm>
#include <iterator>

#include "edit/lines.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

constexpr int kMarkerLength = 7;

std::string run_of(char character, int length) {
  return std::string(static_cast<std::size_t>(length), character);
}

class BlockReader {
 public:
  explicit BlockReader(int marker_length)
      : search_(search_marker(marker_length)),
        divider_(divider(marker_length)),
        replace_(replace_marker(marker_length)) {}

  base::Result<> take(std::string_view line) {
    const std::string_view marker = trim_right(line);
    if (marker == search_) return open();
    if (marker == divider_) return divide();
    if (marker == replace_) return close();
    if (part_ == Part::kSearch) block_.search.push_back(line);
    if (part_ == Part::kReplace) block_.replace.push_back(line);
    return {};
  }
  base::Result<std::vector<SearchBlock>> finish() {
    if (part_ != Part::kOutside) return bad("it is not closed");
    if (blocks_.empty()) return refused("it holds no SEARCH block");
    return std::move(blocks_);
  }

 private:
  enum class Part { kOutside, kSearch, kReplace };

  base::Error bad(const char* what) const {
    return refused("block " + std::to_string(count_) + ": " + what);
  }
  base::Result<> open() {
    if (part_ != Part::kOutside) return bad("a SEARCH marker stands before its REPLACE marker");
    ++count_;
    part_ = Part::kSearch;
    block_ = {};
    return {};
  }
  base::Result<> divide() {
    if (part_ == Part::kOutside) return {};  // a heading in prose
    if (part_ == Part::kReplace) return bad("it has two dividers");
    part_ = Part::kReplace;
    return {};
  }
  base::Result<> close() {
    if (part_ == Part::kOutside) return refused("a REPLACE marker stands outside a block");
    if (part_ == Part::kSearch) return bad("it has no divider");
    part_ = Part::kOutside;
    const bool is_known = std::any_of(blocks_.begin(), blocks_.end(), [&](const SearchBlock& one) {
      return one.search == block_.search && one.replace == block_.replace;
    });
    if (!is_known) blocks_.push_back(std::move(block_));
    return {};
  }

  const std::string search_, divider_, replace_;
  Part part_ = Part::kOutside;
  int count_ = 0;
  SearchBlock block_;
  std::vector<SearchBlock> blocks_;
};

}  // namespace

std::string search_marker(int length) { return run_of('<', length) + " SEARCH"; }
std::string divider(int length) { return run_of('=', length); }
std::string replace_marker(int length) { return run_of('>', length) + " REPLACE"; }

int marker_length_for(std::string_view text) {
  const auto lines = split_lines(text);
  int length = kMarkerLength;
  const auto is_taken = [&] {
    const std::string markers[] = {search_marker(length), divider(length), replace_marker(length)};
    return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
      return std::find(std::begin(markers), std::end(markers), trim_right(line)) !=
             std::end(markers);
    });
  };
  while (is_taken()) ++length;
  return length;
}

base::Result<std::vector<SearchBlock>> read_search_blocks(std::string_view answer,
                                                          int marker_length) {
  BlockReader reader(marker_length);
  for (std::string_view line : split_lines(answer)) CROMWELL_TRY(reader.take(line));
  return reader.finish();
}

}  // namespace cromwell::edit
