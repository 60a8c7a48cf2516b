// The one log line of each request. No bodies, no source text, no secrets: what a client sent
// appears only as method and path, cut and with every unusual character replaced.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cromwell::server {

struct RequestLine {
  std::string request_id;
  std::string client_id;  // the client's own X-Request-Id
  std::string method;
  std::string path;
  int status = 0;
  std::uint64_t body_bytes = 0;
  std::chrono::microseconds duration{0};
  std::string_view note;  // "client gone", the code of a refusal, or empty
};

using RequestObserver = std::function<void(const RequestLine&)>;

// `req=4f1c... POST /v1/edit 200 5120B 812.4ms`
std::string format(const RequestLine& line);
// The same as the members of a JSON object: `"request_id":"4f1c...","method":"POST",...`
std::string json_fields(const RequestLine& line);

// At most `limit` characters of `text`, printable ASCII only.
std::string printable(std::string_view text, std::size_t limit);

// 16 random hex digits.
std::string new_request_id();

// Whether a client's id may be sent back in a header: 1 to 64 letters, digits and "-_.".
bool is_sound_request_id(std::string_view id);

}  // namespace cromwell::server
