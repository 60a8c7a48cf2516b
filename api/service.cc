#include "api/service.h"

#include <utility>

#include "api/call.h"
#include "api/limits.h"
#include "api/openapi.h"
#include "api/routes.h"

namespace cromwell::api {

struct Service::Impl {
  std::shared_ptr<ServiceState> state;
};

Service::Service(ServiceParts parts) : impl_(std::make_unique<Impl>()) {
  impl_->state = std::make_shared<ServiceState>(std::move(parts), std::time(nullptr));
  impl_->state->openapi = to_text(openapi_document(impl_->state->parts.version));
}

// The forms' threads use what this service was given; answers that still come keep only its state.
Service::~Service() { impl_->state->forms.stop(); }

void Service::handle(HttpRequest request, std::shared_ptr<Responder> responder) {
  RouteMatch match = find_route(request.method, request.path);
  Call call{impl_->state, std::move(responder), std::move(request), std::move(match.id)};
  if (match.allow.empty()) {
    return call.fail({base::ErrorCode::kNotFound,
                      "no endpoint " + call.request.path + "; /openapi.json lists them"});
  }
  if (match.route == nullptr) {
    HttpResponse response = error_response(
        {base::ErrorCode::kMethodNotAllowed,
         call.request.path + " takes " + match.allow + ", got " + call.request.method});
    response.headers.emplace_back("Allow", match.allow);
    return call.responder->send(std::move(response));
  }
  const Route& route = *match.route;
  call.dialect = route.dialect;
  const bool must_be_ready =
      route.needs_engine || (route.method == "POST" && call.service->draining);
  if (must_be_ready) {
    if (const auto ready = check_ready(*call.service); !ready) return call.fail(ready.error());
  }
  if (call.request.body.size() <= kInlineBodyBytes) return route.handler(std::move(call));
  edit::EditService& edits = call.parts().edits;
  edits.post([handler = route.handler, call = std::move(call)] { handler(call); });
}

void Service::set_draining() { impl_->state->draining = true; }

}  // namespace cromwell::api
