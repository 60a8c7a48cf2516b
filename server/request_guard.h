// The request guard: may this caller ask this at all? Host, Origin and Sec-Fetch-Site keep web
// pages of other sites out (DNS rebinding, cross-site requests), the content type keeps plain forms
// out, the token keeps other people out. Pure functions over a request's header; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "server/refusal.h"

namespace cromwell::server {

struct AccessPolicy {
  std::vector<std::string> allowed_hosts;    // beyond localhost, 127.0.0.0/8 and [::1]; any port
  std::vector<std::string> allowed_origins;  // "https://editor.example", exactly
  std::string token;                         // empty: none is asked for
};

struct Admission {
  std::optional<Refusal> refusal;
  std::optional<api::HttpResponse> answer;  // a preflight, which is answered here
  api::HeaderList headers;                  // for the answer: CORS, for a listed origin only
};

Admission admit(const api::HttpRequest& request, const AccessPolicy& policy);

// True for "localhost", "127.0.0.1:8411", "[::1]" and the like. `host`: NAME or NAME:PORT.
bool is_allowed_host(std::string_view host, const std::vector<std::string>& allowed);

}  // namespace cromwell::server
