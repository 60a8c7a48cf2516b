// The endpoints about the service itself: health, model, description. Any thread.
#include <utility>

#include "api/handlers.h"
#include "api/page.h"
#include "api/routes.h"

namespace cromwell::api {
namespace {

// The answer of /readyz and /health: `ready` if requests are taken, else 503 with the reason.
void answer_ready(const Call& call, JsonOut body) {
  const base::Result<> ready = check_ready(*call.service);
  if (ready) return call.answer(body);
  HttpResponse response = error_response(ready.error());
  body["error"] = error_object(ready.error());
  response.body = to_text(body);
  call.responder->send(std::move(response));
}

JsonOut model_json(const Call& call) {
  JsonOut model;
  model["id"] = call.parts().model_name;
  model["object"] = "model";
  model["created"] = call.service->started;
  model["owned_by"] = "cromwell";
  model["max_model_len"] = call.parts().context_length;
  model["vocab_size"] = call.parts().tokenizer->vocab_size();
  return model;
}

const char* ready_name(const ServiceState& service) {
  if (service.draining) return "draining";
  return service.parts.engine.status().healthy ? "ready" : "failed";
}

}  // namespace

base::Result<> check_ready(const ServiceState& service) {
  if (service.draining) {
    return base::Error{base::ErrorCode::kUnavailable,
                       "the daemon is stopping and takes no new requests"};
  }
  if (!service.parts.engine.status().healthy) {
    return base::Error{base::ErrorCode::kUnavailable,
                       "the model has failed: its file is damaged or was changed; restart the "
                       "daemon"};
  }
  return {};
}

// A browser's user wants the page, a program's the description.
void handle_root(Call call) {
  const auto& files = call.parts().page;
  if (!files.empty() && accepts_html(call.request)) {
    return call.responder->send(page_response(files.front()));
  }
  JsonOut answer;
  answer["name"] = "cromwell";
  answer["version"] = call.parts().version;
  answer["model"] = call.parts().model_name;
  answer["description"] = "/openapi.json";
  answer["endpoints"] = JsonOut::array();
  for (const Route& route : routes()) {
    answer["endpoints"].push_back(std::string(route.method) + " " + std::string(route.path));
  }
  HttpResponse response = json_response(answer);
  response.headers.emplace_back("Vary", "Accept");
  call.responder->send(std::move(response));
}

void handle_openapi(Call call) { call.responder->send({.shared_body = call.service->openapi}); }

void handle_metrics(Call call) {
  const auto& text = call.parts().metrics_text;
  call.responder->send({.content_type = "text/plain; version=0.0.4; charset=utf-8",
                        .body = text ? text() : std::string()});
}

void handle_alive(Call call) {
  JsonOut answer;
  answer["status"] = "ok";
  answer["version"] = call.parts().version;
  call.answer(answer);
}

void handle_ready(Call call) {
  JsonOut body;
  body["status"] = ready_name(*call.service);
  body["model"] = call.parts().model_name;
  body["context"] = call.parts().context_length;
  const engine::EngineStatus engine = call.parts().engine.status();
  body["running"] = engine.running;
  body["queued"] = engine.queued;
  if (call.parts().tcp_without_token) {
    body["warning"] =
        "requests over TCP need no token: every user of this machine may send them; --token-file "
        "sets one";
  }
  answer_ready(call, std::move(body));
}

void handle_health(Call call) {
  JsonOut body;
  body["status"] = check_ready(*call.service) ? "ok" : "unavailable";
  answer_ready(call, std::move(body));
}

void handle_models(Call call) {
  JsonOut answer;
  answer["object"] = "list";
  answer["data"].push_back(model_json(call));
  call.answer(answer);
}

void handle_model(Call call) {
  if (call.id != call.parts().model_name) {
    return call.fail({base::ErrorCode::kNotFound,
                      "no model has this id; the resident one is " + call.parts().model_name,
                      "model"});
  }
  call.answer(model_json(call));
}

}  // namespace cromwell::api
