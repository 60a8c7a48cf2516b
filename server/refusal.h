// Refusal: a request that the transport answers itself, before any handler sees it. Its texts are
// ours: nothing that the client sent is in them.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"

namespace cromwell::server {

struct Refusal {
  int status = 400;
  std::string_view code;  // "bad_framing", a literal
  std::string message;    // what was wrong, where, and what was expected
  api::HeaderList headers;
};

// The refusal as the wire's error object: {"error": {"code", "type", "message", "param"}}.
api::HttpResponse to_response(const Refusal& refusal);

}  // namespace cromwell::server
