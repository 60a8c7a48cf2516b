// TextPosition: places in a text as the protocol counts them: a line, 0-based, and code units of
// the negotiated encoding within it. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace cromwell::lsp {

enum class PositionEncoding { kUtf8, kUtf16 };

struct Position {
  int line = 0;
  int character = 0;
};
struct Range {
  Position start, end;
};

// The byte where the position is. As the protocol says, a character beyond the line's end is the
// line's end; a line beyond the last is the text's end. Within a character: before it.
std::size_t offset_of(std::string_view text, Position position, PositionEncoding encoding);
Position position_of(std::string_view text, std::size_t offset, PositionEncoding encoding);

// A byte's place as the daemon and diffs count, for whom \n alone ends a line.
struct FilePlace {
  int line = 1;    // 1-based
  int column = 0;  // whole characters (code points) of the line before it
};
FilePlace file_place(std::string_view text, std::size_t offset);

}  // namespace cromwell::lsp
