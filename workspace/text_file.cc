#include "workspace/text_file.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "workspace/diff.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Lines of text whose endings may be any of the three, and whether the last one has one.
std::vector<std::string_view> lines_of(std::string_view text, bool& ended) {
  std::vector<std::string_view> lines;
  ended = true;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    ended = end != std::string_view::npos;
    if (!ended) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return lines;
}

std::string with_newlines(const std::vector<std::string_view>& lines) {
  std::string text;
  for (const std::string_view line : lines) text.append(line).push_back('\n');
  return text;
}

}  // namespace

base::Result<TextFile> TextFile::parse(std::string bytes) {
  TextFile file;
  CROMWELL_ASSIGN(file.encoding_, detect_encoding(bytes));
  file.bytes_ = std::move(bytes);
  if (file.encoding_ != TextEncoding::kUtf8 && file.encoding_ != TextEncoding::kUtf8Bom) {
    const std::size_t mark = byte_order_mark(file.encoding_).size();
    CROMWELL_ASSIGN(file.utf8_,
                    to_utf8(file.encoding_, std::string_view(file.bytes_).substr(mark)));
  }
  file.split_lines();
  return file;
}

std::string_view TextFile::utf8() const {
  if (encoding_ != TextEncoding::kUtf8 && encoding_ != TextEncoding::kUtf8Bom) return utf8_;
  return std::string_view(bytes_).substr(byte_order_mark(encoding_).size());
}

void TextFile::split_lines() {
  const std::string_view text = utf8();
  std::size_t byte = byte_order_mark(encoding_).size();
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    const LineEnding ending = end == text.size()                     ? LineEnding::kNone
                              : text.substr(end).starts_with("\r\n") ? LineEnding::kCrLf
                              : text[end] == '\n'                    ? LineEnding::kLf
                                                                     : LineEnding::kCr;
    const std::size_t size = encoded_size(encoding_, text.substr(begin, end - begin));
    lines_.push_back({begin, end, byte, byte + size, ending});
    byte += size + ending_bytes(ending).size();
    begin = end + (ending == LineEnding::kCrLf ? 2 : 1);
  }
  assert(byte == bytes_.size());
}

int TextFile::line_count() const { return static_cast<int>(lines_.size()); }

std::string_view TextFile::line(int number) const {
  assert(number >= 1 && number <= line_count());
  const Line& line = lines_[static_cast<std::size_t>(number - 1)];
  return utf8().substr(line.text_begin, line.text_end - line.text_begin);
}

std::string TextFile::text(LineRange range) const {
  std::string out;
  for (int number = std::max(range.first, 1); number <= std::min(range.last, line_count());
       ++number) {
    out.append(line(number));
    if (number < line_count() || ends_with_newline()) out.push_back('\n');
  }
  return out;
}

LineEnding TextFile::dominant_ending() const {
  constexpr std::array kEndings = {LineEnding::kLf, LineEnding::kCrLf, LineEnding::kCr};
  const auto uses = [this](LineEnding ending) {
    return std::count_if(lines_.begin(), lines_.end(),
                         [ending](const Line& line) { return line.ending == ending; });
  };
  return *std::max_element(kEndings.begin(), kEndings.end(),
                           [&uses](LineEnding a, LineEnding b) { return uses(a) < uses(b); });
}

bool TextFile::ends_with_newline() const {
  return !lines_.empty() && lines_.back().ending != LineEnding::kNone;
}

TextEncoding TextFile::encoding() const { return encoding_; }

const std::string& TextFile::bytes() const { return bytes_; }

bool TextFile::has_range(LineRange range) const {
  return range.first >= 1 && range.last >= range.first - 1 && range.last <= line_count();
}

std::string TextFile::ending_bytes(LineEnding ending) const {
  constexpr std::array<std::string_view, 4> kBytes = {"", "\n", "\r\n", "\r"};
  const std::string_view ascii = kBytes[static_cast<std::size_t>(ending)];
  return *from_utf8(encoding_, ascii);  // every encoding has CR and LF
}

base::Result<std::string> TextFile::replace(LineRange range, std::string_view new_text) const {
  if (!has_range(range)) {
    return Error{ErrorCode::kInvalidRequest,
                 "lines " + std::to_string(range.first) + " to " + std::to_string(range.last) +
                     ": the file has lines 1 to " + std::to_string(line_count())};
  }
  if (!is_utf8(new_text)) return Error{ErrorCode::kInvalidRequest, "the new text is not UTF-8"};
  if (new_text.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::kUnsupportedFile, "the new text has a NUL character"};
  }
  if (range.first == 1 && encoding_ == TextEncoding::kUtf8 &&
      new_text.starts_with(byte_order_mark(TextEncoding::kUtf8Bom))) {
    return Error{ErrorCode::kUnsupportedFile,
                 "the new text would begin the file with a byte-order mark that it did not have"};
  }
  bool ended = false;
  const std::vector<std::string_view> new_lines = lines_of(new_text, ended);
  CROMWELL_ASSIGN(std::vector<Piece> pieces, merged_lines(range, new_lines));
  fix_endings(pieces, range, ended);
  return join(pieces, range);
}

// The new lines with the bytes and endings of the old ones where a diff finds the same line.
base::Result<std::vector<TextFile::Piece>> TextFile::merged_lines(
    LineRange range, const std::vector<std::string_view>& new_lines) const {
  std::vector<std::string_view> old_lines;
  for (int number = range.first; number <= range.last; ++number) old_lines.push_back(line(number));
  CROMWELL_ASSIGN(std::vector<LineChange> changes,
                  line_changes(with_newlines(old_lines), with_newlines(new_lines)));
  const LineEnding dominant = dominant_ending();
  std::vector<Piece> pieces;
  int old_at = 0;
  const auto old_line = [&](int index) -> const Line& {
    return lines_[static_cast<std::size_t>(range.first - 1 + index)];
  };
  const auto keep_until = [&](int end) {
    for (; old_at < end; ++old_at) {
      const Line& line = old_line(old_at);
      pieces.push_back(
          {bytes_.substr(line.byte_begin, line.byte_end - line.byte_begin), line.ending});
    }
  };
  for (const LineChange& change : changes) {
    keep_until(change.old_begin);
    for (int i = 0; i < change.new_count; ++i) {
      CROMWELL_ASSIGN(
          std::string content,
          from_utf8(encoding_, new_lines[static_cast<std::size_t>(change.new_begin + i)]));
      const LineEnding ending =
          i < change.old_count ? old_line(change.old_begin + i).ending : dominant;
      pieces.push_back({std::move(content), ending});
    }
    old_at = change.old_begin + change.old_count;
  }
  keep_until(static_cast<int>(old_lines.size()));
  return pieces;
}

// Only the file's last line may be unended, and it is so if it was; and no CR may come to stand
// before an empty line's LF, which would make one CRLF of two endings.
void TextFile::fix_endings(std::vector<Piece>& pieces, LineRange range, bool new_text_ended) const {
  const LineEnding dominant = dominant_ending();
  const bool reaches_end = range.last == line_count();
  const bool end_with_newline = lines_.empty() ? new_text_ended : ends_with_newline();
  LineEnding previous = range.first > 1 ? lines_[static_cast<std::size_t>(range.first - 2)].ending
                                        : LineEnding::kNone;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (reaches_end && i + 1 == pieces.size() && !end_with_newline && !piece.content.empty()) {
      piece.ending = LineEnding::kNone;
    } else if (piece.ending == LineEnding::kNone) {
      piece.ending = dominant;
    }
    if (previous == LineEnding::kCr && piece.content.empty() && piece.ending == LineEnding::kLf) {
      piece.ending = LineEnding::kCr;
    }
    previous = piece.ending;
  }
}

std::string TextFile::join(const std::vector<Piece>& pieces, LineRange range) const {
  const auto line_at = [this](int number) -> const Line& {
    return lines_[static_cast<std::size_t>(number - 1)];
  };
  const bool reaches_end = range.last == line_count();
  const std::size_t prefix_end =
      range.first <= line_count() ? line_at(range.first).byte_begin : bytes_.size();
  std::string out = bytes_.substr(0, prefix_end);
  LineEnding previous = range.first > 1 ? line_at(range.first - 1).ending : LineEnding::kNone;
  if (!pieces.empty() && range.first > 1 && previous == LineEnding::kNone) {
    previous = dominant_ending();  // lines come after a last line that had no newline
    out += ending_bytes(previous);
  }
  if (pieces.empty() && reaches_end && !ends_with_newline() && range.first > 1) {
    const Line& last = line_at(range.first - 1);  // the unended last line went; a blank one stays
    if (last.byte_begin != last.byte_end) out.resize(last.byte_end);
  }
  for (const Piece& piece : pieces) {
    out += piece.content;
    out += ending_bytes(piece.ending);
    previous = piece.ending;
  }
  if (reaches_end) return out;
  const Line& next = line_at(range.last + 1);
  if (previous == LineEnding::kCr && next.ending == LineEnding::kLf &&
      next.text_begin == next.text_end) {
    out += ending_bytes(LineEnding::kLf);  // CR becomes CRLF, so that the empty line stays one
  }
  return out.append(bytes_, next.byte_begin);
}

}  // namespace cromwell::workspace
