#include "api/http.h"

#include <algorithm>

namespace cromwell::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool accepts_events(const HttpRequest& request) {
  return request.header("Accept").find("text/event-stream") != std::string_view::npos;
}

bool accepts_html(const HttpRequest& request) {
  return request.header("Accept").find("text/html") != std::string_view::npos;
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::shared_ptr<base::CallSwitch> cancel_when_gone(Responder& responder) {
  auto cancel = std::make_shared<base::CallSwitch>();
  responder.on_gone([weak = std::weak_ptr(cancel)] {
    if (const auto work = weak.lock()) work->cancel();
  });
  return cancel;
}

}  // namespace cromwell::api
