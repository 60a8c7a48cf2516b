// Call: one request on its way through a handler, and what every handler knows of the service.
// Handlers are plain functions; none of them blocks, and nothing that outlives a handler refers to
// the Service itself. Not here: which handler a request goes to (api/routes).
#pragma once

#include <atomic>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "api/error_status.h"
#include "api/field_table.h"
#include "api/form_queue.h"
#include "api/http.h"
#include "api/json_reader.h"
#include "api/service.h"
#include "api/stream_keeper.h"
#include "engine/token_trie.h"

namespace cromwell::api {

struct ServiceState {
  ServiceParts parts;
  std::time_t started = 0;
  std::shared_ptr<const std::string> openapi = {};  // the text of /openapi.json
  std::atomic<bool> draining = false;
  engine::LazyTrie trie;
  std::shared_ptr<StreamKeeper> streams;
  FormQueue forms;
};

struct Call {
  std::shared_ptr<ServiceState> service;
  std::shared_ptr<Responder> responder;
  HttpRequest request;
  std::string id;  // the {id} of the path
  Dialect dialect = Dialect::kOwn;

  const ServiceParts& parts() const { return service->parts; }
  void answer(const JsonOut& body) const { responder->send(json_response(body)); }
  void fail(const base::Error& error) const { responder->send(error_response(error, dialect)); }
};

using Handler = void (*)(Call call);

template <class Body>
base::Result<Body> read_body(const FieldTable<Body>& fields, const HttpRequest& request) {
  CROMWELL_ASSIGN(const JsonIn json, parse_json(request.body));
  Body body;
  CROMWELL_TRY(fields.read(json, {}, body));
  return body;
}

// Of an endpoint that works without a body.
template <class Body>
base::Result<Body> read_optional_body(const FieldTable<Body>& fields, const HttpRequest& request) {
  if (request.body.empty()) return Body{};
  return read_body(fields, request);
}

struct NoFields {};

inline const FieldTable<NoFields>& no_fields() {
  static const FieldTable<NoFields> table;
  return table;
}

// Why a request that needs the engine is refused just now, if it is.
base::Result<> check_ready(const ServiceState& service);

}  // namespace cromwell::api
