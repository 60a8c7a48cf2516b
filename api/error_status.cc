#include "api/error_status.h"

#include <array>
#include <cassert>
#include <string>

#include "api/limits.h"

namespace cromwell::api {
namespace {

using base::ErrorCode;

constexpr std::array kTable = {
    ErrorStatus{ErrorCode::kInvalidJson, 400, "invalid_json", "invalid_request_error", 0},
    ErrorStatus{ErrorCode::kInvalidRequest, 400, "invalid_request", "invalid_request_error", 0},
    ErrorStatus{ErrorCode::kUnauthorized, 401, "unauthorized", "authentication_error", 0},
    ErrorStatus{ErrorCode::kForbidden, 403, "forbidden", "permission_error", 0},
    ErrorStatus{ErrorCode::kPathOutsideRoot, 403, "path_outside_root", "permission_error", 0},
    ErrorStatus{ErrorCode::kNotFound, 404, "not_found", "not_found_error", 0},
    ErrorStatus{ErrorCode::kMethodNotAllowed, 405, "method_not_allowed", "invalid_request_error",
                0},
    ErrorStatus{ErrorCode::kFileChanged, 409, "file_changed", "conflict_error", 0},
    ErrorStatus{ErrorCode::kConflict, 409, "conflict", "conflict_error", 0},
    ErrorStatus{ErrorCode::kPayloadTooLarge, 413, "payload_too_large", "invalid_request_error", 0},
    ErrorStatus{ErrorCode::kContextExceeded, 413, "context_exceeded", "invalid_request_error", 0},
    ErrorStatus{ErrorCode::kUnsupportedMedia, 415, "unsupported_media_type",
                "invalid_request_error", 0},
    ErrorStatus{ErrorCode::kUnsupportedFile, 422, "unsupported_file", "unprocessable_error", 0},
    ErrorStatus{ErrorCode::kUnencodableText, 422, "unencodable_text", "unprocessable_error", 0},
    ErrorStatus{ErrorCode::kNoValidEdit, 422, "no_valid_edit", "unprocessable_error", 0},
    ErrorStatus{ErrorCode::kQueueFull, 429, "queue_full", "rate_limit_error",
                kRetryQueueFullSeconds},
    ErrorStatus{ErrorCode::kUnavailable, 503, "unavailable", "unavailable_error",
                kRetryUnavailableSeconds},
    // Who is still there to read this did not ask for it: the daemon is stopping.
    ErrorStatus{ErrorCode::kCancelled, 503, "cancelled", "unavailable_error",
                kRetryUnavailableSeconds},
    ErrorStatus{ErrorCode::kTimeout, 504, "timeout", "timeout_error", 0},
    ErrorStatus{ErrorCode::kBadModel, 500, "bad_model", "server_error", 0},
    ErrorStatus{ErrorCode::kIo, 500, "io_error", "server_error", 0},
    ErrorStatus{ErrorCode::kInternal, 500, "internal", "server_error", 0},
};

constexpr bool is_indexed_by_code() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].error) != i) return false;
  }
  return kTable.size() == static_cast<std::size_t>(ErrorCode::kInternal) + 1;
}
static_assert(is_indexed_by_code(), "one row for each ErrorCode, in its order");

}  // namespace

const ErrorStatus& error_status(ErrorCode code) { return kTable[static_cast<std::size_t>(code)]; }

int http_status(ErrorCode code, Dialect dialect) {
  if (code == ErrorCode::kContextExceeded && dialect != Dialect::kOwn) return 400;
  return error_status(code).status;
}

JsonOut error_object(const base::Error& error) {
  const ErrorStatus& row = error_status(error.code);
  JsonOut object;
  object["code"] = row.code;
  object["type"] = row.type;
  object["message"] = error.message;
  object["param"] = error.param.empty() ? JsonOut() : JsonOut(error.param);
  return object;
}

HttpResponse error_response(const base::Error& error, Dialect dialect, const JsonOut& detail) {
  JsonOut body;
  body["error"] = dialect == Dialect::kOllama ? JsonOut(error.message) : error_object(error);
  if (!detail.is_null()) body["error"]["detail"] = detail;
  HttpResponse response = json_response(body, http_status(error.code, dialect));
  if (const int seconds = error_status(error.code).retry_after_s; seconds > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return response;
}

HttpResponse json_response(const JsonOut& body, int status) {
  return {.status = status, .body = to_text(body)};
}

}  // namespace cromwell::api
