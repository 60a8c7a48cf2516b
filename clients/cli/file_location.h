// Where a file that was named on the command line is, as the daemon wants to hear it: an absolute
// workspace folder and a path relative to it. Only spells paths; what may be touched is decided by
// the daemon.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "edit/region.h"
#include "workspace/text_file.h"

namespace cromwell::cli {

struct FileLocation {
  std::string workspace;
  std::string file;
};

// The ways to name the file, the most telling first: from the top of its git work tree, from the
// current folder, from its own folder. Its folder must exist.
base::Result<std::vector<FileLocation>> locate_file(const std::string& path);

// "A:B", 1-based and inclusive, or "A" for one line.
base::Result<workspace::LineRange> parse_lines(const std::string& text);
// "LINE" or "LINE:COLUMN".
base::Result<edit::Cursor> parse_cursor(const std::string& text);

}  // namespace cromwell::cli
