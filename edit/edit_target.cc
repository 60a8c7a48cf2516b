#include "edit/edit_target.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "edit/lines.h"
#include "edit/named_region.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// The file as it would be with the buffer saved, in the file's encoding and line endings.
Result<> put_buffer(EditTarget& target, std::string_view buffer) {
  const workspace::LineRange all{1, target.base.line_count()};
  // The file's own mark, which is no part of its first line.
  const std::string_view mark = workspace::byte_order_mark(workspace::TextEncoding::kUtf8Bom);
  const bool has_mark = !workspace::byte_order_mark(target.base.encoding()).empty();
  if (has_mark && buffer.starts_with(mark)) buffer.remove_prefix(mark.size());
  CROMWELL_ASSIGN(std::string bytes, target.base.replace(all, with_lf(buffer)));
  CROMWELL_ASSIGN(target.base, workspace::TextFile::parse(std::move(bytes)));
  target.base_sha256 = base::sha256_hex(target.base.bytes());
  return {};
}

Error invalid(const char* field, const char* what) {
  return {.code = ErrorCode::kInvalidRequest,
          .message = std::string(field) + ": " + what,
          .param = field};
}

// What the cursor stands in.
Result<Region> region_of_cursor(const workspace::TextFile& file, const std::string& name,
                                const Cursor& cursor) {
  const auto lines = region_around(file, name, cursor.line);
  if (lines) return select_region(file, *lines);
  return invalid("cursor", "no function or statement is known there, expected a selection");
}

Result<Region> choose_region(const workspace::TextFile& file, const EditRequest& request,
                             const EditFile& asked, RegionKind kind) {
  if (request.cursor && asked.selection) {
    return invalid("cursor", "a selection is given too, expected one of them");
  }
  switch (kind) {
    case RegionKind::kWholeFile:
      if (request.cursor) return invalid("cursor", "the protocol whole is for the whole file");
      if (!asked.selection) return select_region(file, std::nullopt);
      return invalid("selection", "the protocol whole is for the whole file; leave it out");
    case RegionKind::kExact:
      if (request.cursor) return region_at(file, *request.cursor);
      if (asked.selection) return exact_region(file, *asked.selection);
      return invalid("selection", "the protocol fim needs a selection or a cursor");
    case RegionKind::kSelection:
      break;
  }
  if (request.cursor) return region_of_cursor(file, asked.file, *request.cursor);
  auto lines = asked.selection;
  if (!lines) lines = named_region(file, asked.file, request.instruction);
  return select_region(file, lines);
}

Result<EditTarget> read_target(const workspace::Workspace& workspace, const EditRequest& request,
                               const EditFile& asked, RegionKind kind) {
  CROMWELL_ASSIGN(workspace::Snapshot snapshot, workspace.read(request.workspace, asked.file));
  if (!asked.base_sha256.empty() && to_lower(asked.base_sha256) != snapshot.sha256) {
    return Error{.code = ErrorCode::kFileChanged,
                 .message = asked.file + ": the file's SHA-256 is " + snapshot.sha256 +
                            ", expected " + asked.base_sha256 + " (base_sha256)",
                 .param = "base_sha256"};
  }
  workspace::TextFile base = snapshot.text;
  std::string sha256 = snapshot.sha256;
  EditTarget target{std::move(snapshot), std::move(base), std::move(sha256), {}};
  if (asked.content) CROMWELL_TRY(put_buffer(target, *asked.content));
  CROMWELL_ASSIGN(target.region, choose_region(target.base, request, asked, kind));
  return target;
}

// By whatever names.
bool is_same_file(const EditTarget& a, const EditTarget& b) {
  const auto &one = a.snapshot.identity, &other = b.snapshot.identity;
  return one.device == other.device && one.inode == other.inode;
}

Error of_file(std::size_t index, Error error) {
  const std::string name = "files[" + std::to_string(index) + "]";
  error.message = name + ": " + error.message;
  error.param = error.param.empty() ? name : name + "." + error.param;
  return error;
}

}  // namespace

Result<std::vector<EditTarget>> read_targets(const workspace::Workspace& workspace,
                                             const EditRequest& request, RegionKind kind) {
  std::vector<EditTarget> targets;
  if (request.files.empty()) {
    const EditFile only{request.file, request.selection, request.content, request.base_sha256};
    CROMWELL_ASSIGN(EditTarget target, read_target(workspace, request, only, kind));
    targets.push_back(std::move(target));
    return targets;
  }
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    auto target = read_target(workspace, request, request.files[i], kind);
    if (!target) return of_file(i, std::move(target).error());
    const auto twin = std::find_if(targets.begin(), targets.end(),
                                   [&](const auto& one) { return is_same_file(one, *target); });
    if (twin != targets.end()) {
      return of_file(i, invalid("file", "it is the same file as one before it"));
    }
    targets.push_back(std::move(*target));
  }
  return targets;
}

Result<> check_encodable(const EditTarget& target, const tokenizer::Tokenizer& tokenizer) {
  const Region& region = target.region;
  const auto unencodable = tokenizer.encode(region.shown).unencodable;
  if (unencodable.empty()) return {};
  const auto first_bad = static_cast<std::ptrdiff_t>(unencodable.front());
  const auto newlines = std::count(region.shown.begin(), region.shown.begin() + first_bad, '\n');
  return Error{.code = ErrorCode::kUnencodableText,
               .message = target.snapshot.file + ": line " +
                          std::to_string(region.range.first + region.blank_before + newlines) +
                          " holds a character that the model's vocabulary has no token for",
               .param = "file"};
}

}  // namespace cromwell::edit
