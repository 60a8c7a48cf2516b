#include "server/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string_view>
#include <utility>

#include "server/ascii.h"
#include "server/framing_guard.h"
#include "server/request_target.h"

namespace cromwell::server {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using State = RequestParser::State;

std::string to_string(boost::beast::string_view text) { return {text.data(), text.size()}; }

Refusal bad_framing(std::string message) {
  return Refusal{.status = 400, .code = "bad_framing", .message = std::move(message)};
}

Refusal body_too_large(const Limits& limits) {
  return Refusal{
      .status = 413,
      .code = "payload_too_large",
      .message = "body: expected at most " + std::to_string(limits.body_bytes) + " bytes"};
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const Limits& request_limits) : limits(request_limits) {
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    parser.on_chunk_header(on_chunk);
  }

  State refuse(Refusal with) {
    refusal = std::move(with);
    return state = State::kRefused;
  }

  State parse_header(std::string& input);
  State read_fields();
  State parse_body(std::string& input);
  void count_chunk(boost::beast::string_view extension, error_code& ec);

  const Limits& limits;
  State state = State::kHeader;
  std::size_t searched = 0;  // bytes of the input known to hold no end of the header
  bool skipped_empty_line = false;
  std::size_t chunks = 0;
  Refusal refusal;
  api::HttpRequest request;
  bool expects_continue = false;
  http::request_parser<http::string_body> parser;
  std::function<void(std::uint64_t, boost::beast::string_view, error_code&)> on_chunk =
      [this](std::uint64_t, boost::beast::string_view extension, error_code& ec) {
        count_chunk(extension, ec);
      };
};

State RequestParser::Impl::parse_header(std::string& input) {
  // RFC 9112, 2.2: an empty line before the request line is not an error.
  if (!skipped_empty_line && input.starts_with("\r\n")) {
    input.erase(0, 2);
    skipped_empty_line = true;
  }
  if (input == "\r" && !skipped_empty_line) return state;
  if (!may_begin_request(input)) return refuse(bad_framing("request line: expected a method"));

  const std::size_t end = header_end(std::string_view(input), searched);
  searched = input.size();
  if (end > limits.header_bytes || (end == 0 && input.size() > limits.header_bytes)) {
    if (input.find('\n') >= limits.target_bytes) {
      return refuse(Refusal{.status = 414,
                            .code = "target_too_long",
                            .message = "request target: expected at most " +
                                       std::to_string(limits.target_bytes) + " bytes"});
    }
    return refuse(Refusal{
        .status = 431,
        .code = "header_too_large",
        .message = "header: expected at most " + std::to_string(limits.header_bytes) + " bytes"});
  }
  if (end == 0) return state;

  const std::string_view header = std::string_view(input).substr(0, end);
  if (auto problem = check_framing(header, limits)) return refuse(std::move(*problem));
  error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(header.data(), header.size()), ec);
  if (ec == http::error::body_limit) {
    read_fields();  // the log names what was refused
    return refuse(body_too_large(limits));
  }
  if (ec || !parser.is_header_done() || used != end) {
    return refuse(bad_framing("header: cannot be parsed"));
  }
  input.erase(0, end);
  return read_fields();
}

State RequestParser::Impl::read_fields() {
  const auto& message = parser.get();
  const auto target = parse_target({message.target().data(), message.target().size()});
  if (!target) return refuse(bad_framing("request target: a broken escape, expected UTF-8 text"));
  request.method = to_string(message.method_string());
  request.path = target->path;
  request.query = target->query;
  for (const auto& field : message) {
    request.headers.emplace_back(to_string(field.name_string()), to_string(field.value()));
  }
  const auto expect = message.find(http::field::expect);
  if (expect != message.end() && message.version() >= 11) {
    if (!boost::beast::iequals(expect->value(), "100-continue")) {
      return refuse(Refusal{
          .status = 417, .code = "expectation_failed", .message = "Expect: expected 100-continue"});
    }
    expects_continue = true;
  }
  return state = parser.is_done() ? State::kDone : State::kBody;
}

State RequestParser::Impl::parse_body(std::string& input) {
  std::size_t used = 0;
  error_code ec;
  // Beast asserts that it sees at least so much of the last chunk, which is the shortest rest that
  // a chunked body can have.
  const std::size_t least = parser.chunked() ? std::string_view("0\r\n\r\n").size() : 1;
  while (!parser.is_done() && input.size() - used >= least) {
    const std::size_t step =
        parser.put(boost::asio::buffer(input.data() + used, input.size() - used), ec);
    used += step;
    if (ec) break;
  }
  input.erase(0, used);
  if (ec == http::error::body_limit) return refuse(body_too_large(limits));
  if (ec && ec != http::error::need_more) {
    return refuse(bad_framing("body: its chunks break their rules or limits"));
  }
  if (!parser.is_done()) {
    // What Beast leaves is a chunk's header line or the trailers, not complete yet.
    if (input.size() > limits.chunk_overhead_bytes) {
      return refuse(bad_framing("body: a chunk's header line or the trailers are too long"));
    }
    return state;
  }
  request.body = std::move(parser.get().body());
  return state = State::kDone;
}

void RequestParser::Impl::count_chunk(boost::beast::string_view extension, error_code& ec) {
  if (++chunks > limits.chunks || extension.size() > limits.chunk_extension_bytes ||
      !is_sound_chunk_extension({extension.data(), extension.size()})) {
    ec = http::error::bad_chunk_extension;
  }
}

RequestParser::RequestParser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::parse(std::string& input) {
  if (impl_->state == State::kHeader) return impl_->parse_header(input);
  if (impl_->state == State::kBody) return impl_->parse_body(input);
  return impl_->state;
}

void RequestParser::refuse(Refusal refusal) { impl_->refuse(std::move(refusal)); }
const Refusal& RequestParser::refusal() const { return impl_->refusal; }
api::HttpRequest& RequestParser::request() { return impl_->request; }
bool RequestParser::http11() const { return impl_->parser.get().version() >= 11; }
bool RequestParser::keep_alive() const { return impl_->parser.keep_alive(); }
bool RequestParser::expects_continue() const { return impl_->expects_continue; }

}  // namespace cromwell::server
