// libFuzzer target: a region and an answer, divided by a NUL, through the reader of search blocks.
// What is read is made of the region's lines and the blocks' own.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "edit/line_blocks.h"
#include "edit/lines.h"
#include "edit/search_blocks.h"
#include "edit/search_match.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::edit;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  if (cut == std::string_view::npos) return 0;
  const std::string_view region = bytes.substr(0, cut);
  const SearchedLines lines{split_lines(region), 1};
  const auto blocks = read_search_blocks(bytes.substr(cut + 1), marker_length_for(region));
  if (!blocks) return 0;
  const auto located = locate_blocks(*blocks, lines);
  if (!located) return 0;
  std::size_t expected = lines.lines.size();
  for (const LineBlock& block : *located) {
    expected += block.lines.size();
    expected -= static_cast<std::size_t>(block.count);
  }
  const std::string text = replace_blocks(lines.lines, *located);
  if (split_lines(text).size() != expected) std::abort();
  return 0;
}
