// What the endpoint handlers see of HTTP, and nothing of sockets: server/ implements Responder on
// Beast, tests on a string.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/call_switch.h"

namespace cromwell::api {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // "GET", also where a HEAD asks for the head of its answer alone
  bool head_only = false;
  std::string path;   // percent-decoded, without the query: "/v1/edit"
  std::string query;  // raw, without '?'
  HeaderList headers;
  std::string body;
  std::string request_id;  // ours, for the log and the X-Request-Id header

  // The first header of that name, case-insensitive; empty if there is none.
  std::string_view header(std::string_view name) const;
};

// Whether the Accept header names server-sent events.
bool accepts_events(const HttpRequest& request);
// Whether it names HTML, as that of a browser does.
bool accepts_html(const HttpRequest& request);

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  HeaderList headers;
  std::string body;
  // In place of the body: a text that many answers have, which none holds alone.
  std::shared_ptr<const std::string> shared_body = {};

  std::string_view text() const { return shared_body ? *shared_body : body; }
};

// The answer to one request: either one send(), or begin_stream(), write()* and end_stream(). Any
// thread may call it; it outlives the connection harmlessly.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void send(HttpResponse response) = 0;
  virtual void begin_stream(HttpResponse head) = 0;  // head.body is the first chunk, may be empty
  // Queues and flushes. False: the client is gone, or has not read for so long that its backlog is
  // full; the caller should stop its work (on_gone has been or will be called too).
  virtual bool write(std::string chunk) = 0;
  virtual void end_stream() = 0;
  // Called once, on any thread, when the client goes away before the answer is complete (at once if
  // it has gone already).
  virtual void on_gone(std::function<void()> callback) = 0;
};

// Cancels when the client goes, however early that is.
std::shared_ptr<base::CallSwitch> cancel_when_gone(Responder& responder);

}  // namespace cromwell::api
