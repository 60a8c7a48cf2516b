#include "server/refusal.h"

#include <string_view>

#include "server/json_text.h"

namespace cromwell::server {
namespace {

std::string_view error_type(int status) {
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 408) return "timeout_error";
  if (status == 503) return "unavailable_error";
  if (status >= 500) return "server_error";
  return "invalid_request_error";
}

}  // namespace

api::HttpResponse to_response(const Refusal& refusal) {
  api::HttpResponse response{.status = refusal.status, .headers = refusal.headers};
  response.body = "{\"error\":{\"code\":" + json_quoted(refusal.code) +
                  ",\"type\":" + json_quoted(error_type(refusal.status)) +
                  ",\"message\":" + json_quoted(refusal.message) + ",\"param\":null}}\n";
  return response;
}

}  // namespace cromwell::server
