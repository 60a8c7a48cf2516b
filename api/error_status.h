// The one table that turns errors into HTTP: status, wire code, type, Retry-After. No other code
// chooses a status for an error. Any thread.
#pragma once

#include <string_view>

#include "api/http.h"
#include "api/json_writer.h"
#include "base/result.h"

namespace cromwell::api {

// Some clients give a status another meaning than we do: to those of the OpenAI routes a prompt
// that is too long is 400, to ours it is 413. Ollama's read the message alone.
enum class Dialect { kOwn, kOpenAi, kOllama };

struct ErrorStatus {
  base::ErrorCode error;
  int status;
  std::string_view code;  // for programs
  std::string_view type;  // the family, as OpenAI's clients know them
  int retry_after_s;      // 0: no such header
};

const ErrorStatus& error_status(base::ErrorCode code);
int http_status(base::ErrorCode code, Dialect dialect);

// {code, type, message, param}, the value of "error".
JsonOut error_object(const base::Error& error);

// The whole response. `detail`, unless null, is added to the error object.
HttpResponse error_response(const base::Error& error, Dialect dialect = Dialect::kOwn,
                            const JsonOut& detail = nullptr);

HttpResponse json_response(const JsonOut& body, int status = 200);

}  // namespace cromwell::api
