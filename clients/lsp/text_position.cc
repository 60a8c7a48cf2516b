#include "clients/lsp/text_position.h"

#include <algorithm>

#include "base/utf8.h"

namespace cromwell::lsp {
namespace {

int code_units(const base::Utf8Char& character, PositionEncoding encoding) {
  if (encoding == PositionEncoding::kUtf8) return character.length;
  return character.code_point > 0xFFFF ? 2 : 1;
}

// Where the line after the one at `begin` begins; the text's size where there is none. \n, \r\n
// and \r end lines.
std::size_t next_line(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find_first_of("\r\n", begin);
  if (end == std::string_view::npos) return text.size();
  return end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
}

std::size_t line_begin(std::string_view text, int line) {
  std::size_t at = 0;
  for (int i = 0; i < line && at < text.size(); ++i) at = next_line(text, at);
  return at;
}

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

}  // namespace

std::size_t offset_of(std::string_view text, Position position, PositionEncoding encoding) {
  std::size_t at = line_begin(text, position.line);
  // Past the last line: its end, unless the text ends where that line would begin.
  for (int left = position.character; left > 0 && at < text.size() && !is_line_end(text[at]);) {
    const base::Utf8Char character = base::decode_utf8(text.substr(at));
    left -= code_units(character, encoding);
    if (left < 0) break;
    at += static_cast<std::size_t>(character.length);
  }
  return at;
}

Position position_of(std::string_view text, std::size_t offset, PositionEncoding encoding) {
  offset = std::min(offset, text.size());
  Position position;
  std::size_t begin = 0;
  while (begin < offset) {
    const std::size_t next = next_line(text, begin);
    const bool has_ended = next > begin && is_line_end(text[next - 1]);
    if (next > offset || !has_ended) break;
    begin = next;
    ++position.line;
  }
  while (begin < offset) {
    const base::Utf8Char character = base::decode_utf8(text.substr(begin));
    position.character += code_units(character, encoding);
    begin += static_cast<std::size_t>(character.length);
  }
  return position;
}

FilePlace file_place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  FilePlace place;
  place.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  std::size_t at = before.rfind('\n') + 1;  // of none: 0
  for (; at < before.size(); ++place.column) {
    at += static_cast<std::size_t>(base::decode_utf8(before.substr(at)).length);
  }
  return place;
}

}  // namespace cromwell::lsp
