// TextFile: a file's bytes seen as lines of UTF-8, without losing how they were written. Knows
// encoding, byte-order mark and each line's own ending; replacing lines leaves every other byte as
// it was. Pure: no file is touched here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workspace/encoding.h"

namespace cromwell::workspace {

enum class LineEnding { kNone, kLf, kCrLf, kCr };  // kNone: the last line without a newline

struct LineRange {  // 1-based, inclusive; the empty range before line n is {n, n - 1}
  int first = 1;
  int last = 0;
};

class TextFile {
 public:
  // kUnsupportedFile for binary content (NUL outside UTF-16, or control bytes that no text has).
  static base::Result<TextFile> parse(std::string bytes);

  int line_count() const;                   // "" has 0 lines, "a" and "a\n" have 1
  std::string_view line(int number) const;  // 1-based, UTF-8, without its ending
  std::string text(LineRange range) const;  // UTF-8, every line ended by \n but an unended last one
  LineEnding dominant_ending() const;       // kLf where no line has an ending
  bool ends_with_newline() const;
  TextEncoding encoding() const;
  const std::string& bytes() const;

  // The file's new bytes with the lines of `range` replaced by the lines of `new_text` (UTF-8; its
  // last newline is optional, "" is no lines). Lines that a line diff finds unchanged keep their
  // own bytes and ending; new lines take the ending of the line they replace, else the dominant
  // one. Whether the file ends with a newline is kept, unless it was empty or
  // its last line comes to be a blank one.
  // kInvalidRequest for a range that the file does not have; kUnsupportedFile if the encoding
  // cannot hold a character of new_text.
  base::Result<std::string> replace(LineRange range, std::string_view new_text) const;

 private:
  struct Line {
    std::size_t text_begin, text_end;  // the content, in utf8()
    std::size_t byte_begin, byte_end;  // the same in bytes_; the ending follows
    LineEnding ending;
  };
  struct Piece {  // a line of the result, in the file's encoding
    std::string content;
    LineEnding ending;
  };
  std::string_view utf8() const;
  void split_lines();
  bool has_range(LineRange range) const;
  base::Result<std::vector<Piece>> merged_lines(
      LineRange range, const std::vector<std::string_view>& new_lines) const;
  void fix_endings(std::vector<Piece>& pieces, LineRange range, bool new_text_ended) const;
  std::string join(const std::vector<Piece>& pieces, LineRange range) const;
  std::string ending_bytes(LineEnding ending) const;

  std::string bytes_;
  std::string utf8_;  // only for UTF-16 and Latin-1: the content as UTF-8
  TextEncoding encoding_ = TextEncoding::kUtf8;
  std::vector<Line> lines_;
};

}  // namespace cromwell::workspace
