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

Result<Region> choose_region(const workspace::TextFile& file, const EditRequest& request,
                             RegionKind kind) {
  if (request.cursor && kind != RegionKind::kExact) {
    return invalid("cursor", "only the protocol fim fills the place of a cursor");
  }
  switch (kind) {
    case RegionKind::kWholeFile:
      if (!request.selection) return select_region(file, std::nullopt);
      return invalid("selection", "the protocol whole is for the whole file; leave it out");
    case RegionKind::kExact:
      if (request.cursor && request.selection) {
        return invalid("cursor", "a selection is given too, expected one of them");
      }
      if (request.cursor) return region_at(file, *request.cursor);
      if (request.selection) return exact_region(file, *request.selection);
      return invalid("selection", "the protocol fim needs a selection or a cursor");
    case RegionKind::kSelection:
      break;
  }
  auto lines = request.selection;
  if (!lines) lines = named_region(file, request.file, request.instruction);
  return select_region(file, lines);
}

}  // namespace

Result<EditTarget> read_target(const workspace::Workspace& workspace, const EditRequest& request,
                               RegionKind kind) {
  CROMWELL_ASSIGN(workspace::Snapshot snapshot, workspace.read(request.workspace, request.file));
  if (!request.base_sha256.empty() && to_lower(request.base_sha256) != snapshot.sha256) {
    return Error{.code = ErrorCode::kFileChanged,
                 .message = request.file + ": the file's SHA-256 is " + snapshot.sha256 +
                            ", expected " + request.base_sha256 + " (base_sha256)",
                 .param = "base_sha256"};
  }
  workspace::TextFile base = snapshot.text;
  std::string sha256 = snapshot.sha256;
  EditTarget target{std::move(snapshot), std::move(base), std::move(sha256), {}};
  if (request.content) CROMWELL_TRY(put_buffer(target, *request.content));
  CROMWELL_ASSIGN(target.region, choose_region(target.base, request, kind));
  return target;
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
