#include "edit/fill_place.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cromwell::edit {
namespace {

using workspace::TextFile;

base::Error outside(const char* field, const std::string& what, int count, int got) {
  return {base::ErrorCode::kInvalidRequest,
          std::string(field) + ": " + what + " " + std::to_string(count) + ", got " +
              std::to_string(got),
          field};
}

// The byte where `characters` of the line end; none if it has fewer.
std::optional<std::size_t> byte_of(std::string_view line, int characters) {
  std::size_t at = 0;
  for (int i = 0; i < characters; ++i) {
    if (at == line.size()) return std::nullopt;
    do {
      ++at;
    } while (at < line.size() && (line[at] & '\xC0') == '\x80');
  }
  return at;
}

int characters_in(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

// The pieces that fit, likeliest to matter last: there a prompt keeps what it has room for.
std::vector<FillNote> notes_of(const std::vector<workspace::ContextPiece>& pieces) {
  std::vector<FillNote> notes;
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    if (piece->used) notes.push_back({piece->file, piece->text});
  }
  return notes;
}

}  // namespace

base::Result<FillSource> read_place(const ContextParts& parts, const FillPlace& place,
                                    int context_tokens) {
  CROMWELL_ASSIGN(const workspace::Snapshot snapshot,
                  parts.workspace.read(place.workspace, place.file));
  std::optional<TextFile> buffer;
  if (place.content) {
    CROMWELL_ASSIGN(buffer, TextFile::parse(*place.content));
  }
  const TextFile& text = buffer ? *buffer : snapshot.text;
  const int lines = text.line_count();
  const bool is_end = place.line == lines + 1 && (lines == 0 || text.ends_with_newline());
  if (place.line > lines && !is_end) {
    return outside("line", "expected at most the number of lines,", lines, place.line);
  }
  const std::string_view line = is_end ? std::string_view() : text.line(place.line);
  const auto at = place.column ? byte_of(line, *place.column) : line.size();
  if (!at) {
    return outside("column", "expected at most the number of characters of the line,",
                   characters_in(line), *place.column);
  }
  FillSource source;
  source.column = characters_in(line.substr(0, *at));
  source.text.file = place.file;
  source.text.before = text.text({1, place.line - 1}) + std::string(line.substr(0, *at));
  if (!is_end) source.text.after = text.text({place.line, lines}).substr(*at);
  const int last = std::min(place.line, lines);
  CROMWELL_ASSIGN(const auto pieces,
                  find_context(parts, {snapshot, text, {last, last}, {}}, place.context,
                               place.context.budget.value_or(context_tokens)));
  source.text.notes = notes_of(pieces);
  for (const workspace::ContextPiece& piece : pieces) {  // the place's own file is shown by itself
    if (!piece.used && piece.file != snapshot.file) source.no_room.push_back(piece.file);
  }
  return source;
}

}  // namespace cromwell::edit
