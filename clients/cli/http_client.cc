#include "clients/cli/http_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <utility>

namespace cromwell::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using base::Error;
using base::ErrorCode;
using base::Result;
using OnBytes = std::function<void(std::string_view)>;
using boost::system::error_code;

constexpr std::size_t kMaxAnswerBytes = 64U << 20;

Error unreachable(const ServerAddress& address, const error_code& error) {
  return {.code = ErrorCode::kUnavailable,
          .message = "cannot reach a daemon at " + address.name() + ": " + error.message() +
                     "; start one with `cromwell serve --root .`"};
}

Error broken(const ServerAddress& address, const error_code& error) {
  return {.code = ErrorCode::kIo,
          .message =
              "the daemon at " + address.name() + " broke the connection off: " + error.message()};
}

// Reads the answer; the body of an event stream goes to on_bytes as it comes.
template <class Stream>
Result<HttpAnswer> read_answer(Stream& stream, const ServerAddress& address,
                               const OnBytes& on_bytes) {
  error_code error;
  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(kMaxAnswerBytes);
  http::read_header(stream, buffer, parser, error);
  if (error) return broken(address, error);

  HttpAnswer answer;
  answer.status = static_cast<int>(parser.get().result_int());
  answer.content_type = std::string(parser.get()[http::field::content_type]);
  const bool streamed = on_bytes && answer.content_type.starts_with("text/event-stream");
  if (streamed) parser.body_limit(boost::none);
  std::array<char, 16384> chunk;
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    http::read_some(stream, buffer, parser, error);
    if (error == http::error::need_buffer) error = {};
    if (error) return broken(address, error);
    const std::string_view bytes(chunk.data(), chunk.size() - parser.get().body().size);
    if (streamed) {
      on_bytes(bytes);
    } else {
      answer.body += bytes;
    }
  }
  return answer;
}

// What is sent and how its answer is taken.
struct Call {
  http::verb verb;
  const std::string& path;
  const std::string& body;
  const OnBytes& on_bytes;
  base::CallSwitch& call_switch;
};

// The switch knows the connection as long as this lives.
class Watched {
 public:
  Watched(base::CallSwitch& call_switch, int fd) : call_switch_(call_switch) {
    call_switch_.watch([fd] { ::shutdown(fd, SHUT_RDWR); });
  }
  ~Watched() { call_switch_.watch({}); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  base::CallSwitch& call_switch_;
};

template <class Stream>
Result<HttpAnswer> exchange(Stream& stream, const ServerAddress& address,
                            http::request<http::string_body>& request, const Call& call) {
  const Watched watched(call.call_switch, stream.native_handle());
  error_code error;
  http::write(stream, request, error);
  Result<HttpAnswer> answer = error ? Result<HttpAnswer>(broken(address, error))
                                    : read_answer(stream, address, call.on_bytes);
  if (answer || !call.call_switch.cancelled()) return answer;
  return Error{.code = ErrorCode::kCancelled, .message = "cancelled"};
}

Result<HttpAnswer> send(const ServerAddress& address, const Call& call) {
  const auto& [verb, path, body, on_bytes, call_switch] = call;
  http::request<http::string_body> request(verb, path, 11);
  const bool six = address.host.find(':') != std::string::npos;
  request.set(http::field::host, !address.socket.empty() ? "localhost"
                                 : six                   ? "[" + address.host + "]:" + address.port
                                                         : address.host + ":" + address.port);
  request.set(http::field::user_agent, "cromwell");
  request.set(http::field::accept, on_bytes ? "text/event-stream" : "application/json");
  if (!address.token.empty()) request.set(http::field::authorization, "Bearer " + address.token);
  if (verb == http::verb::post) {
    request.set(http::field::content_type, "application/json");
    request.body() = body;
  }
  request.keep_alive(false);
  request.prepare_payload();

  asio::io_context context;
  error_code error;
  if (!address.socket.empty()) {
    asio::local::stream_protocol::socket socket(context);
    if (address.socket.size() >= 108) error = asio::error::name_too_long;
    if (!error) socket.connect(asio::local::stream_protocol::endpoint(address.socket), error);
    if (error) return unreachable(address, error);
    return exchange(socket, address, request, call);
  }
  asio::ip::tcp::resolver resolver(context);
  const auto endpoints = resolver.resolve(address.host, address.port, error);
  if (error) return unreachable(address, error);
  asio::ip::tcp::socket socket(context);
  asio::connect(socket, endpoints, error);
  if (error) return unreachable(address, error);
  return exchange(socket, address, request, call);
}

}  // namespace

std::string ServerAddress::name() const {
  if (!socket.empty()) return "the socket " + socket;
  return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

Result<ServerAddress> parse_server(std::string_view url) {
  const Error invalid{
      .code = ErrorCode::kInvalidRequest,
      .message = "server \"" + std::string(url) + "\": expected http://HOST:PORT without a path"};
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return invalid;
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);

  ServerAddress address;
  if (url.starts_with('[')) {
    const std::size_t end = url.find(']');
    if (end == std::string_view::npos) return invalid;
    address.host = url.substr(1, end - 1);
    url.remove_prefix(end + 1);
  } else {
    address.host = url.substr(0, url.find(':'));
    url.remove_prefix(address.host.size());
  }
  if (address.host.empty() || address.host.find_first_of("/?#@ ") != std::string::npos) {
    return invalid;
  }
  if (url.empty()) return address;
  if (!url.starts_with(':')) return invalid;
  address.port = url.substr(1);
  if (address.port.empty() || address.port.size() > 5 ||
      address.port.find_first_not_of("0123456789") != std::string::npos) {
    return invalid;
  }
  return address;
}

HttpClient::HttpClient(ServerAddress address) : address_(std::move(address)) {}

Result<HttpAnswer> HttpClient::get(const std::string& path) const {
  base::CallSwitch never;
  return send(address_, {http::verb::get, path, {}, {}, never});
}

Result<HttpAnswer> HttpClient::post(const std::string& path, const std::string& body) const {
  base::CallSwitch never;
  return send(address_, {http::verb::post, path, body, {}, never});
}

Result<HttpAnswer> HttpClient::stream(const std::string& path, const std::string& body,
                                      const OnBytes& on_bytes,
                                      base::CallSwitch* call_switch) const {
  base::CallSwitch never;
  return send(address_, {http::verb::post, path, body, on_bytes,
                         call_switch != nullptr ? *call_switch : never});
}

}  // namespace cromwell::cli
