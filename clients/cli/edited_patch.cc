#include "clients/cli/edited_patch.h"

#include <charconv>
#include <vector>

#include "base/hash.h"
#include "clients/cli/local_records.h"
#include "workspace/diff.h"
#include "workspace/language.h"
#include "workspace/syntax_check.h"
#include "workspace/workspace.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  if (!lines.empty() && !lines.back().ends_with('\n')) lines.back() += '\n';
  return lines;
}

// The number after `mark` in "@@ -12,3 +12,4 @@"; none where there is none.
std::optional<int> start_of(std::string_view header, char mark) {
  const std::size_t at = header.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  int start = 0;
  const char* end = header.data() + header.size();
  const auto parsed = std::from_chars(header.data() + at + 1, end, start);
  return parsed.ec == std::errc() ? std::optional(start) : std::nullopt;
}

// "12,3": a range of no lines names the line before it.
std::string range_text(int first, int lines) {
  return std::to_string(lines == 0 ? first - 1 : first) + "," + std::to_string(lines);
}

Error syntax_error(const workspace::SyntaxError& problem) {
  return {.code = ErrorCode::kInvalidRequest,
          .message = "line " + std::to_string(problem.line) + " would not parse: " + problem.what};
}

Result<> check_syntax(const workspace::TextFile& before, const std::string& new_bytes,
                      const std::string& file) {
  CROMWELL_ASSIGN(const workspace::TextFile after, workspace::TextFile::parse(new_bytes));
  const workspace::LineRange all{1, before.line_count()};
  const std::string old_text = before.text(all);
  const std::string new_text = after.text({1, after.line_count()});
  const auto grammar = workspace::language_of(file, old_text).grammar;
  const auto errors = workspace::new_syntax_errors({old_text, new_text, all}, grammar);
  if (errors && !errors->empty()) return syntax_error(errors->front());
  return {};
}

}  // namespace

std::string recount(std::string_view patch) {
  std::vector<std::string> lines = lines_of(patch);
  int shift = 0;  // of new line numbers against old ones
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("@@ ")) continue;
    const auto start = start_of(lines[i], '-');
    if (!start) return std::string(patch);
    int old_lines = 0;
    int new_lines = 0;
    const bool names_line_before = lines[i].find(",0 +") != std::string::npos;
    const int first = names_line_before ? *start + 1 : *start;
    for (std::size_t at = i + 1; at < lines.size() && !lines[at].starts_with("@@ "); ++at) {
      if (lines[at] == "\n" || lines[at] == "\r\n") lines[at].insert(0, 1, ' ');
      old_lines += lines[at][0] == ' ' || lines[at][0] == '-' ? 1 : 0;
      new_lines += lines[at][0] == ' ' || lines[at][0] == '+' ? 1 : 0;
    }
    lines[i] = "@@ -" + range_text(first, old_lines) + " +" + range_text(first + shift, new_lines) +
               " @@\n";
    shift += new_lines - old_lines;
  }
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

Result<> apply_edited(const std::string& patch, EditOutcome* outcome) {
  if (outcome->files > 1) {
    return Error{
        .code = ErrorCode::kInvalidRequest,
        .message = outcome->file + ": a patch of several files is applied as it is: y or n"};
  }
  CROMWELL_ASSIGN(auto folder, workspace::Workspace::open({outcome->workspace}));
  CROMWELL_ASSIGN(const workspace::Snapshot snapshot,
                  folder->read(outcome->workspace, outcome->file));
  if (snapshot.sha256 != outcome->base_sha256) {
    return Error{.code = ErrorCode::kFileChanged,
                 .message = outcome->file + ": the file changed since the edit was proposed"};
  }
  const std::string& old_bytes = snapshot.text.bytes();
  CROMWELL_ASSIGN(std::string new_bytes, workspace::apply_patch(old_bytes, recount(patch)));
  CROMWELL_TRY(check_syntax(snapshot.text, new_bytes, outcome->file));
  CROMWELL_ASSIGN(workspace::Diff diff, workspace::make_diff(old_bytes, new_bytes, outcome->file));
  if (diff.patch.empty()) {
    return Error{.code = ErrorCode::kInvalidRequest, .message = "the patch changes nothing"};
  }
  workspace::EditRecord record{.id = workspace::EditStore::new_id(),
                               .workspace = snapshot.workspace,
                               .root = snapshot.root,
                               .instruction = "(changed by hand from " + outcome->id + ")",
                               .created = std::chrono::system_clock::now()};
  record.files.push_back({.file = outcome->file,
                          .resolved = snapshot.resolved,
                          .base_sha256 = snapshot.sha256,
                          .new_sha256 = base::sha256_hex(new_bytes),
                          .patch = diff.patch,
                          .old_bytes = old_bytes,
                          .new_bytes = new_bytes});
  CROMWELL_ASSIGN(const auto store, open_records(folder));
  const std::string id = record.id;
  CROMWELL_TRY(store->propose(std::move(record)));
  CROMWELL_TRY(store->apply(id));
  outcome->id = id;
  outcome->is_local = true;
  outcome->applied = true;
  outcome->patch = std::move(diff.patch);
  outcome->added = diff.added;
  outcome->removed = diff.removed;
  return {};
}

}  // namespace cromwell::cli
