#include "server/request_guard.h"

#include <arpa/inet.h>

#include <algorithm>

#include "api/page.h"
#include "api/routes.h"
#include "server/ascii.h"

namespace cromwell::server {
namespace {

using std::string_view;

// The framing guard has seen to it that there is at most one of each field that is asked for here.
std::optional<string_view> find(const api::HttpRequest& request, string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

// "NAME:PORT" without its port; brackets of an IPv6 address stay. None if it is neither.
std::optional<string_view> without_port(string_view host) {
  const auto name_end =
      host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  if (name_end == 0) return std::nullopt;
  const auto name = host.substr(0, name_end);
  const auto port = host.substr(name_end);
  const bool port_is_sound = port.empty() || (port.front() == ':' && port.size() <= 6 &&
                                              std::all_of(port.begin() + 1, port.end(), is_digit));
  if (!port_is_sound) return std::nullopt;
  return name;
}

// An IPv6 address as it stands outside a Host field.
std::string without_brackets(const std::string& name) {
  return name.starts_with('[') ? name.substr(1, name.size() - 2) : name;
}

bool is_loopback_address(const std::string& name) {
  in_addr v4{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return name.starts_with('[') && inet_pton(AF_INET6, without_brackets(name).c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

// Time does not depend on where the two differ.
bool equals_in_constant_time(string_view a, string_view b) {
  unsigned difference = a.size() == b.size() ? 0U : 1U;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(other);
  }
  return difference == 0;
}

bool bears_token(const api::HttpRequest& request, const std::string& token) {
  const auto authorization = find(request, "authorization");
  if (!authorization) return false;
  const auto space = authorization->find(' ');
  if (space == string_view::npos) return false;
  return equals_ignoring_case(authorization->substr(0, space), "bearer") &&
         equals_in_constant_time(trim(authorization->substr(space)), token);
}

// Whether it is answered without a token, which a prober or a browser does not have.
bool is_open(const api::HttpRequest& request) {
  return request.path == "/healthz" || api::is_page_request(request);
}

// "application/json", also with charset=utf-8
bool is_json(string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (!equals_ignoring_case(trim(content_type.substr(0, semicolon)), "application/json")) {
    return false;
  }
  if (semicolon == string_view::npos) return true;
  auto parameter = trim(content_type.substr(semicolon + 1));
  if (parameter.empty()) return true;
  const auto equals = parameter.find('=');
  if (equals == string_view::npos) return false;
  if (!equals_ignoring_case(trim(parameter.substr(0, equals)), "charset")) return true;
  auto charset = trim(parameter.substr(equals + 1));
  if (charset.size() >= 2 && charset.front() == '"' && charset.back() == '"') {
    charset = charset.substr(1, charset.size() - 2);
  }
  return equals_ignoring_case(charset, "utf-8");
}

std::optional<Refusal> check_content(const api::HttpRequest& request) {
  const auto coding = find(request, "content-encoding");
  if (coding && !equals_ignoring_case(*coding, "identity")) {
    return Refusal{.status = 415,
                   .code = "unsupported_media_type",
                   .message = "Content-Encoding: expected none"};
  }
  if (request.method != "POST") return std::nullopt;
  // Of what no endpoint takes routing says so, whatever its type.
  if (api::find_route(request.method, request.path).route == nullptr) return std::nullopt;
  if (is_json(find(request, "content-type").value_or(""))) return std::nullopt;
  return Refusal{.status = 415,
                 .code = "unsupported_media_type",
                 .message =
                     "Content-Type: expected application/json (in UTF-8); with curl, use "
                     "`curl --json '{...}'`"};
}

enum class Site { kNoBrowser, kOwn, kListed, kForeign };

// Where a browser says the request comes from. Our own page's origin is http:// and the Host that
// this very request named, which has passed its check by then.
Site site_of(const api::HttpRequest& request, const AccessPolicy& policy) {
  const auto origin = find(request, "origin");
  const auto& listed = policy.allowed_origins;
  if (origin && std::find(listed.begin(), listed.end(), *origin) != listed.end()) {
    return Site::kListed;
  }
  const auto own = "http://" + std::string(find(request, "host").value_or(""));
  if (origin && !equals_ignoring_case(*origin, own)) return Site::kForeign;
  const auto fetch_site = find(request, "sec-fetch-site");
  if (fetch_site && *fetch_site != "same-origin" && *fetch_site != "none") return Site::kForeign;
  return origin ? Site::kOwn : Site::kNoBrowser;
}

void add_cors(const api::HttpRequest& request, const AccessPolicy& policy, Admission& admission) {
  // The value is the configuration's, not the request's.
  const auto& listed = policy.allowed_origins;
  const auto origin = std::find(listed.begin(), listed.end(), *find(request, "origin"));
  admission.headers = {{"Access-Control-Allow-Origin", *origin},
                       {"Access-Control-Expose-Headers", "Retry-After, X-Request-Id"},
                       {"Vary", "Origin"}};
  if (request.method != "OPTIONS" || !find(request, "access-control-request-method")) return;
  admission.answer = api::HttpResponse{
      .status = 204,
      .content_type = "",
      .headers = {{"Access-Control-Allow-Methods", "GET, POST, DELETE"},
                  {"Access-Control-Allow-Headers",
                   "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-Id"}}};
}

}  // namespace

bool is_allowed_host(string_view host, const std::vector<std::string>& allowed) {
  const auto name = without_port(host);
  if (!name) return false;
  const std::string lower = to_lower(*name);
  if (lower == "localhost" || is_loopback_address(lower)) return true;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
    return without_brackets(to_lower(entry)) == without_brackets(lower);
  });
}

Admission admit(const api::HttpRequest& request, const AccessPolicy& policy) {
  Admission admission;
  const auto refuse = [&](Refusal refusal) {
    admission.refusal = std::move(refusal);
    return std::move(admission);
  };
  if (!is_allowed_host(find(request, "host").value_or(""), policy.allowed_hosts)) {
    return refuse({.status = 403,
                   .code = "forbidden_host",
                   .message = "Host: expected localhost, 127.0.0.1 or [::1]; for another name, "
                              "start the daemon with --allow-host NAME"});
  }
  const Site site = site_of(request, policy);
  if (site == Site::kForeign) {
    return refuse({.status = 403,
                   .code = "forbidden_origin",
                   .message = "Origin: a web page of another site may not call; to let one, start "
                              "the daemon with --allow-origin ORIGIN"});
  }
  if (site == Site::kListed) add_cors(request, policy, admission);
  if (admission.answer) return admission;
  if (!policy.token.empty() && !is_open(request) && !bears_token(request, policy.token)) {
    return refuse({.status = 401,
                   .code = "unauthorized",
                   .message = "Authorization: expected `Bearer TOKEN` with the daemon's token",
                   .headers = {{"WWW-Authenticate", "Bearer"}}});
  }
  if (auto refusal = check_content(request)) return refuse(std::move(*refusal));
  return admission;
}

}  // namespace cromwell::server
