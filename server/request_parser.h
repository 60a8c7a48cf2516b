// RequestParser: bytes in, one request or a refusal out. Joins the framing guard and Beast's
// parser; no sockets and no clock. One object reads one request; one thread.
#pragma once

#include <memory>
#include <string>

#include "api/http.h"
#include "server/limits.h"
#include "server/refusal.h"

namespace cromwell::server {

class RequestParser {
 public:
  enum class State {
    kHeader,   // the header is not complete
    kBody,     // the header is: request() has all but its body
    kDone,     // request() is complete
    kRefused,  // see refusal(); where the next request would begin is not known
  };

  explicit RequestParser(const Limits& limits);
  ~RequestParser();

  // Takes what belongs to this request off the front of `input` and stops when the header is
  // complete, and again when the body is.
  State parse(std::string& input);
  // Refuses the request for a reason of the caller's.
  void refuse(Refusal refusal);

  const Refusal& refusal() const;
  api::HttpRequest& request();  // request_id is the caller's to set
  bool http11() const;
  bool keep_alive() const;
  bool expects_continue() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::server
