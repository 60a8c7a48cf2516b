// Region: the lines that an edit may change, as they stand in the file and as the model sees them.
// The model sees no blank lines at the edges and no common indentation: both are put back by
// restore(), so that they can not go wrong. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "workspace/text_file.h"

namespace cromwell::edit {

struct Region {
  workspace::LineRange range;
  std::string text;                   // the file's lines, UTF-8, each ended by \n
  std::string shown;                  // what the model sees, each line ended by \n
  std::string indent;                 // taken off every shown line
  int blank_before = 0;               // lines of `text` above the shown ones
  int blank_after = 0;                // lines of `text` below them
  std::optional<std::size_t> cursor;  // byte of `shown` where something is to be put in
};

// A place in a file, 1-based. Columns count characters; none is the end of the line.
struct Cursor {
  int line = 1;
  std::optional<int> column;
};

std::string lines_text(const workspace::LineRange& range);  // "lines 3 to 20"

// The selection, or the whole file. kInvalidRequest if the selection is not within the file.
base::Result<Region> select_region(const workspace::TextFile& file,
                                   const std::optional<workspace::LineRange>& selection);

// The selected lines, shown as they are; the line of a cursor, or nothing where that stands after
// the last line. kInvalidRequest as select_region(), and for a column that the line does not have.
base::Result<Region> exact_region(const workspace::TextFile& file,
                                  const workspace::LineRange& selection);
base::Result<Region> region_at(const workspace::TextFile& file, const Cursor& cursor);

// A text of the region's lines as the model would see it in their place.
std::string as_shown(const Region& region, std::string_view text);

// None of its lines ends in whitespace: where that is so, new ones do not either.
bool has_clean_ends(const Region& region);

// The region's new text for `answer`, the shown text as the model rewrote it. An answer that is
// indented as a whole is shifted back, and one that has spaces in place of the region's tabs or
// tabs in place of its spaces gets what the region has (edit/indentation); lines that differ from
// the old ones in trailing whitespace only stay as they were, and so do blank lines at the edges;
// new lines lose theirs where no old one has any. With `exact` (the instruction is about
// whitespace) only the common indentation is put back.
std::string restore(const Region& region, std::string_view answer, bool exact);

}  // namespace cromwell::edit
