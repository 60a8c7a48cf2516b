// The routes: one row for each endpoint, which both finds its handler and is its entry in
// /openapi.json. Not here: what is in a request or an answer (api/*_wire). Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "base/result.h"

namespace cromwell::api {

struct Route {
  std::string_view method;
  // With {id} for one part of the path, or {id...} for all the rest of it.
  std::string_view path;
  Handler handler;
  bool needs_engine = false;  // refused while the model has failed

  std::string_view operation;  // a name for programs that are made from /openapi.json
  std::string_view summary;
  std::string_view query = {};    // the schema of the query's fields, none if empty
  std::string_view header = {};   // the schema of the header's own fields, none if empty
  std::string_view request = {};  // the schema of the body, none if empty
  std::string_view example = {};  // a body
  std::string_view answer = {};   // the schema of the 200, none if it is always a stream
  std::string_view answer_type = "application/json";
  std::vector<std::string_view> text_types = {};  // it can be a text of these types, too
  std::string_view events = {};  // the schema of the events, where the answer can be a stream
  bool lines = false;            // it can be a stream of such answers, one JSON object a line
  std::vector<base::ErrorCode> errors = {};  // beyond those that every route has
  Dialect dialect = Dialect::kOwn;
};

const std::vector<Route>& routes();
std::vector<Route> compatible_routes();  // those of other servers' clients, OpenAI's left out
// What generating from a prompt can fail with.
std::vector<base::ErrorCode> engine_errors();

struct RouteMatch {
  const Route* route = nullptr;  // none: there is no such path, or only with other methods
  std::string id;
  std::string allow;  // the methods of this path, "GET, HEAD"; empty if there is no such path
};

RouteMatch find_route(std::string_view method, std::string_view path);

}  // namespace cromwell::api
