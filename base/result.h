// One status value everywhere: an operation that input can make fail returns Result<T>. An Error
// says what went wrong, where, and what was expected; `code` decides the HTTP status (one table, in
// api/error_status) and never depends on the text. No exceptions of ours cross a function boundary;
// a library's are caught at its one home.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace cromwell::base {

enum class ErrorCode {
  kInvalidJson,       // the body is not JSON, or not UTF-8, or nested too deeply
  kInvalidRequest,    // a field is missing, of the wrong type, or out of range
  kUnauthorized,      // no token, or a wrong one
  kForbidden,         // foreign Host or Origin
  kPathOutsideRoot,   // a path that leaves the roots, by `..`, by a link, or absolute
  kNotFound,          // no such route, file, edit or session
  kMethodNotAllowed,  //
  kFileChanged,       // the file is no longer what the snapshot or the caller's hash says
  kConflict,          // the operation does not fit the state (already applied, already reverted)
  kPayloadTooLarge,   // body, file or header over its limit
  kContextExceeded,   // prompt plus region cannot fit the model's context or the KV memory
  kUnsupportedMedia,  // Content-Type is not application/json
  kUnsupportedFile,   // binary, special, hard-linked, or in an encoding we cannot keep
  kUnencodableText,   // the vocabulary has no token for a byte of the text
  kNoValidEdit,       // the model's answer is not an edit we would show
  kQueueFull,         // come back later
  kUnavailable,       // loading, draining, or the model has failed
  kCancelled,         // the caller went away or asked to stop
  kTimeout,           //
  kBadModel,          // the model file is damaged, hostile or unsupported
  kIo,                // the operating system refused; the message holds errno's text
  kInternal,          // a defect of ours
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string
      param{};  // the JSON path of the field or the name of the thing at fault, may be empty
};

template <class T = void>
using Result = boost::system::result<T, Error>;

// Called by Result::value() on an error, which is a defect of ours: check has_value() first.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error("unchecked error: " + error.message);
}

}  // namespace cromwell::base

// Returns the error of `expression` from the enclosing function, or goes on.
#define CROMWELL_TRY(expression)                                                              \
  do {                                                                                        \
    if (auto try_result_ = (expression); !try_result_) return std::move(try_result_).error(); \
  } while (false)

#define CROMWELL_CONCAT_INNER(a, b) a##b
#define CROMWELL_CONCAT(a, b) CROMWELL_CONCAT_INNER(a, b)
// CROMWELL_ASSIGN(auto x, f()); declares x from f()'s value or returns f()'s error.
#define CROMWELL_ASSIGN(declaration, expression)                  \
  auto CROMWELL_CONCAT(assign_, __LINE__) = (expression);         \
  if (!CROMWELL_CONCAT(assign_, __LINE__))                        \
    return std::move(CROMWELL_CONCAT(assign_, __LINE__)).error(); \
  declaration = std::move(*CROMWELL_CONCAT(assign_, __LINE__))
