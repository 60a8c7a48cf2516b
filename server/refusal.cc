#include "server/refusal.h"

#include <string_view>

namespace cromwell::server {
namespace {

// Our texts are plain ASCII, so that two characters are all there is to escape.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

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
  response.body = "{\"error\":{\"code\":" + quoted(refusal.code) +
                  ",\"type\":" + quoted(error_type(refusal.status)) +
                  ",\"message\":" + quoted(refusal.message) + ",\"param\":null}}\n";
  return response;
}

}  // namespace cromwell::server
