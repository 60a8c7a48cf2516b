// The head of a response as bytes. Everything in it is ours or the handler's; a value with a
// control character is left out, so that no text of a request can split a response. Pure but for
// the clock.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"

namespace cromwell::server {

enum class BodyFraming { kLength, kChunked, kUntilClose };

struct ResponseTraits {
  bool http11 = true;
  bool keep_alive = true;
  std::string request_id;
  api::HeaderList headers;  // beside the handler's
};

// Status line, fields and empty line. For kLength, the length is that of response.body.
std::string response_head(const api::HttpResponse& response, BodyFraming framing,
                          const ResponseTraits& traits);

// "Not Found"
std::string_view status_text(int status);

}  // namespace cromwell::server
