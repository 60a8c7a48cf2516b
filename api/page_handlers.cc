// The endpoint of the page's files. Any thread.
#include <algorithm>

#include "api/handlers.h"
#include "api/page.h"

namespace cromwell::api {
namespace {

// 'self' is enough, since every file is our own; Trusted Types make the browser refuse to read any
// text as HTML, whatever the page's code does.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr std::string_view kFilesPath = "/page/";

}  // namespace

bool is_page_request(const HttpRequest& request) {
  if (request.path == "/") return accepts_html(request);
  return request.path.starts_with(kFilesPath);
}

HttpResponse page_response(const PageFile& file) {
  return {.content_type = std::string(file.type) + "; charset=utf-8",
          .headers = {{"Content-Security-Policy", std::string(kContentSecurityPolicy)},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Vary", "Accept"}},
          .body = std::string(file.text)};
}

void handle_page_file(Call call) {
  const auto& files = call.parts().page;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const PageFile& file) { return file.name == call.id; });
  if (found == files.end()) {
    return call.fail({base::ErrorCode::kNotFound, "the page has no such file", "id"});
  }
  call.responder->send(page_response(*found));
}

}  // namespace cromwell::api
