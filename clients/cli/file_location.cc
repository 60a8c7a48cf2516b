#include "clients/cli/file_location.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/utf8.h"

namespace cromwell::cli {
namespace {

namespace fs = std::filesystem;

// The nearest folder at or above `folder` that holds a .git; empty if there is none.
fs::path git_top(fs::path folder) {
  std::error_code ignored;
  while (true) {
    if (fs::exists(folder / ".git", ignored)) return folder;
    if (folder == folder.parent_path()) return {};
    folder = folder.parent_path();
  }
}

bool is_beneath(const fs::path& folder, const fs::path& path) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

base::Result<fs::path> absolute_file(const std::string& path) {
  const base::Error error{
      .code = base::ErrorCode::kNotFound, .message = path + ": no such file", .param = "not_found"};
  if (!base::is_utf8(path)) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = path + ": its name is not UTF-8, as the daemon's are"};
  }
  std::error_code code;
  const fs::path given = fs::absolute(path, code).lexically_normal();
  if (code || !given.has_filename() || given.filename() == "..") return error;
  const fs::path folder = fs::canonical(given.parent_path(), code);
  if (code) return error;
  return folder / given.filename();
}

// A positive line number that is all of `text`; 0 for anything else.
int line_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::max(number, 0) : 0;
}

}  // namespace

base::Result<std::vector<FileLocation>> locate_files(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  fs::path common;
  for (const std::string& path : paths) {
    CROMWELL_ASSIGN(fs::path file, absolute_file(path));
    const fs::path folder = file.parent_path();
    if (files.empty()) common = folder;
    while (!is_beneath(common, folder)) common = common.parent_path();
    files.push_back(std::move(file));
  }
  std::error_code ignored;
  const fs::path here = fs::current_path(ignored);
  std::vector<FileLocation> locations;
  for (const fs::path& workspace : {git_top(common), here, common}) {
    if (workspace.empty() || !is_beneath(workspace, common)) continue;
    const bool known = std::any_of(
        locations.begin(), locations.end(),
        [&](const FileLocation& other) { return other.workspace == workspace.string(); });
    if (known) continue;
    FileLocation location{.workspace = workspace.string(), .files = {}};
    for (const fs::path& file : files) {
      location.files.push_back(file.lexically_relative(workspace).string());
    }
    locations.push_back(std::move(location));
  }
  return locations;
}

std::string names_of(const FileLocation& location) {
  std::string names;
  for (const std::string& file : location.files) names += (names.empty() ? "" : ", ") + file;
  return names;
}

base::Result<workspace::LineRange> parse_lines(const std::string& text) {
  const std::size_t colon = text.find(':');
  const int first = line_number(std::string_view(text).substr(0, colon));
  const int last =
      colon == std::string::npos ? first : line_number(std::string_view(text).substr(colon + 1));
  if (first == 0 || last < first) {
    return base::Error{
        .code = base::ErrorCode::kInvalidRequest,
        .message = "--lines \"" + text + "\": expected A:B with 1 <= A <= B, or one line number"};
  }
  return workspace::LineRange{first, last};
}

base::Result<edit::Cursor> parse_cursor(const std::string& text) {
  const std::size_t colon = text.find(':');
  edit::Cursor cursor{.line = line_number(std::string_view(text).substr(0, colon))};
  if (colon != std::string::npos) {
    cursor.column = line_number(std::string_view(text).substr(colon + 1));
  }
  if (cursor.line == 0 || cursor.column == 0) {
    return base::Error{
        .code = base::ErrorCode::kInvalidRequest,
        .message = "--cursor \"" + text + "\": expected LINE or LINE:COLUMN, both from 1 on"};
  }
  return cursor;
}

}  // namespace cromwell::cli
