// HttpClient: a small synchronous client of the daemon, over TCP or a Unix socket; one request per
// connection. Not for the open Internet: no TLS, no redirects, no proxies.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/call_switch.h"
#include "base/result.h"

namespace cromwell::cli {

struct ServerAddress {
  std::string host = "127.0.0.1";
  std::string port = "8411";
  std::string socket;  // path of a Unix socket; not empty: it is used instead
  std::string token;   // bearer token, may be empty

  std::string name() const;  // for messages: "http://127.0.0.1:8411"
};

// "http://HOST[:PORT]", IPv6 in brackets. kInvalidRequest says what was expected.
base::Result<ServerAddress> parse_server(std::string_view url);

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;  // empty where it was streamed
};

class HttpClient {
 public:
  explicit HttpClient(ServerAddress address);

  // kUnavailable where nobody listens; the message says how to start the daemon.
  base::Result<HttpAnswer> get(const std::string& path) const;
  base::Result<HttpAnswer> post(const std::string& path, const std::string& body) const;
  // An event stream goes to `on_bytes` piece by piece as it comes; any other answer is returned.
  // kCancelled where the switch ended it.
  base::Result<HttpAnswer> stream(const std::string& path, const std::string& body,
                                  const std::function<void(std::string_view)>& on_bytes,
                                  base::CallSwitch* call_switch = nullptr) const;

 private:
  ServerAddress address_;
};

}  // namespace cromwell::cli
