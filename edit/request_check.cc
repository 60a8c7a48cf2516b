#include "edit/request_check.h"

#include <algorithm>
#include <string>
#include <utility>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error invalid(std::string message, std::string param) {
  return {
      .code = ErrorCode::kInvalidRequest, .message = std::move(message), .param = std::move(param)};
}

Result<> check_files(const EditRequest& request) {
  if (request.files.empty()) {
    if (request.file.empty()) return invalid("file: expected a path", "file");
    return {};
  }
  const bool says_more = request.selection || request.cursor || request.content ||
                         request.prediction || !request.base_sha256.empty();
  if (!request.file.empty() || says_more) {
    return invalid(
        "files: file, selection, cursor, content, base_sha256 and prediction are of an edit of "
        "one file, expected none of them beside it",
        "files");
  }
  const bool all_named = std::none_of(request.files.begin(), request.files.end(),
                                      [](const EditFile& one) { return one.file.empty(); });
  if (!all_named) return invalid("files: expected a path in each", "files");
  return {};
}

}  // namespace

Result<> check_request(const EditRequest& request, int max_instruction_bytes) {
  CROMWELL_TRY(check_files(request));
  if (trim(request.instruction).empty()) {
    return invalid("instruction: expected some text, it is empty", "instruction");
  }
  const auto limit = static_cast<std::size_t>(max_instruction_bytes);
  if (request.instruction.size() > limit) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "instruction: " + std::to_string(request.instruction.size()) +
                            " bytes, expected at most " + std::to_string(limit),
                 .param = "instruction"};
  }
  if (request.max_tokens < 1) return invalid("max_tokens: expected at least 1", "max_tokens");
  return {};
}

}  // namespace cromwell::edit
