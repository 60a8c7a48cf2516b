// Where files that were named on the command line are, as the daemon wants to hear it: an absolute
// workspace folder and paths relative to it. Only spells paths; what may be touched is decided by
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
  std::vector<std::string> files;  // in the order in which they were named
};

// The ways to name the files together, the most telling first: from the top of their git work tree,
// from the current folder, from the folder that holds them all. Their folders must exist.
base::Result<std::vector<FileLocation>> locate_files(const std::vector<std::string>& paths);
// "a.py, b.py"
std::string names_of(const FileLocation& location);

// "A:B", 1-based and inclusive, or "A" for one line.
base::Result<workspace::LineRange> parse_lines(const std::string& text);
// "LINE" or "LINE:COLUMN".
base::Result<edit::Cursor> parse_cursor(const std::string& text);

}  // namespace cromwell::cli
