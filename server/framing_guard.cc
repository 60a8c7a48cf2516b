#include "server/framing_guard.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "server/ascii.h"

namespace cromwell::server {
namespace {

using std::string_view;

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::size_t kMaxLengthDigits = 19;  // of Content-Length: what 64 bits surely hold

// Fields that decide framing or access: with two of them, two readers may pick different ones.
constexpr std::array<string_view, 11> kSingleFields = {"host",
                                                       "content-length",
                                                       "transfer-encoding",
                                                       "content-type",
                                                       "authorization",
                                                       "origin",
                                                       "sec-fetch-site",
                                                       "expect",
                                                       "content-encoding",
                                                       "access-control-request-method",
                                                       "access-control-request-headers"};

Refusal bad(string_view message) {
  return Refusal{.status = 400, .code = "bad_framing", .message = std::string(message)};
}

bool all_of(string_view text, bool (*predicate)(char)) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_target_char(char c) { return c > 0x20 && c < 0x7F && c != '#'; }

bool is_host_char(char c) {
  return is_alphanumeric(c) || string_view("-._~:[]").find(c) != string_view::npos;
}

// HTAB, SP, VCHAR and obs-text
bool is_value_char(char c) { return c == '\t' || !is_control(c); }

// Takes the line that ends in CR LF off the front of `rest`. False if there is a bare CR or LF.
bool take_line(string_view& rest, string_view& line) {
  const auto end = rest.find_first_of("\r\n");
  if (end == string_view::npos || rest.substr(end, 2) != "\r\n") return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return true;
}

std::optional<Refusal> check_request_line(string_view line, const Limits& limits, bool& http11) {
  const auto method_end = line.find(' ');
  const auto method = line.substr(0, method_end);
  if (method_end == string_view::npos || method.empty() || method.size() > kMaxMethodBytes ||
      !all_of(method, is_token_char)) {
    return bad("request line: expected METHOD SP TARGET SP VERSION");
  }
  line.remove_prefix(method_end + 1);
  const auto target_end = line.find(' ');
  if (target_end == string_view::npos) {
    return bad("request line: expected METHOD SP TARGET SP VERSION");
  }
  const auto target = line.substr(0, target_end);
  const auto version = line.substr(target_end + 1);
  if (target.size() > limits.target_bytes) {
    return Refusal{.status = 414,
                   .code = "target_too_long",
                   .message = "request target: expected at most " +
                              std::to_string(limits.target_bytes) + " bytes"};
  }
  const bool origin_form = !target.empty() && target.front() == '/';
  if (!(origin_form || (target == "*" && method == "OPTIONS")) || !all_of(target, is_target_char)) {
    return bad("request target: expected a path that begins with / and holds printable ASCII");
  }
  http11 = version == "HTTP/1.1";
  if (http11 || version == "HTTP/1.0") return std::nullopt;
  if (version.size() == 8 && version.substr(0, 5) == "HTTP/" && is_digit(version[5]) &&
      version[6] == '.' && is_digit(version[7])) {
    return Refusal{.status = 505,
                   .code = "http_version",
                   .message = "request line: expected HTTP/1.1 or HTTP/1.0"};
  }
  return bad("request line: expected HTTP/1.1 or HTTP/1.0 at its end");
}

struct Field {
  std::string name;  // lower case
  string_view value;
};

std::optional<Refusal> check_field(string_view line, Field& field) {
  if (line.front() == ' ' || line.front() == '\t') {
    return bad("header field: folded over several lines, expected one line each");
  }
  const auto colon = line.find(':');
  if (colon == string_view::npos) return bad("header field: expected NAME: VALUE");
  const auto name = line.substr(0, colon);
  if (name.empty() || !all_of(name, is_token_char)) {
    return bad("header field: expected a name of token characters and no space before the colon");
  }
  field.value = trim(line.substr(colon + 1));
  if (!all_of(field.value, is_value_char)) {
    return bad("header field: a control character in its value");
  }
  field.name = to_lower(name);
  return std::nullopt;
}

struct Seen {
  std::array<bool, kSingleFields.size()> single{};

  bool repeated(string_view name) {
    const auto found = std::find(kSingleFields.begin(), kSingleFields.end(), name);
    if (found == kSingleFields.end()) return false;
    return std::exchange(single[static_cast<std::size_t>(found - kSingleFields.begin())], true);
  }
  bool has(string_view name) const {
    const auto found = std::find(kSingleFields.begin(), kSingleFields.end(), name);
    return single[static_cast<std::size_t>(found - kSingleFields.begin())];
  }
};

// The one field's own rule; http11: of the request line.
std::optional<Refusal> check_value(const Field& field, bool http11) {
  if (field.name == "host" && !all_of(field.value, is_host_char)) {
    return bad("Host: expected NAME or NAME:PORT");
  }
  if (field.name == "content-length" &&
      (field.value.empty() || field.value.size() > kMaxLengthDigits ||
       !all_of(field.value, is_digit))) {
    return bad("Content-Length: expected one decimal number");
  }
  if (field.name == "transfer-encoding") {
    if (!equals_ignoring_case(field.value, "chunked")) {
      return bad("Transfer-Encoding: expected exactly \"chunked\"");
    }
    if (!http11) return bad("Transfer-Encoding: not in HTTP/1.0");
  }
  return std::nullopt;
}

}  // namespace

std::size_t header_end(string_view bytes, std::size_t from) {
  // "\n\r\n" or "\n\n", of which up to two bytes may have been searched before
  std::size_t at = from > 2 ? from - 2 : 0;
  for (;;) {
    at = bytes.find('\n', at);
    if (at == string_view::npos) return 0;
    if (bytes.substr(at + 1, 1) == "\n") return at + 2;
    if (bytes.substr(at + 1, 2) == "\r\n") return at + 3;
    ++at;
  }
}

bool may_begin_request(string_view bytes) {
  const auto method = bytes.substr(0, bytes.find(' '));
  return method.size() <= kMaxMethodBytes && all_of(method, is_token_char) &&
         (bytes.empty() || !method.empty());
}

std::optional<Refusal> check_framing(string_view header, const Limits& limits) {
  string_view rest = header;
  string_view line;
  bool http11 = false;
  if (!take_line(rest, line)) return bad("request line: expected it to end in CR LF");
  if (auto refusal = check_request_line(line, limits, http11)) return refusal;

  Seen seen;
  std::size_t fields = 0;
  for (;;) {
    if (!take_line(rest, line)) return bad("header: expected each line to end in CR LF");
    if (line.empty()) break;
    if (++fields > limits.header_fields) {
      return Refusal{.status = 431,
                     .code = "too_many_fields",
                     .message = "header: expected at most " + std::to_string(limits.header_fields) +
                                " fields"};
    }
    Field field;
    if (auto refusal = check_field(line, field)) return refusal;
    if (seen.repeated(field.name)) return bad("header: a field that may occur once occurs twice");
    if (auto refusal = check_value(field, http11)) return refusal;
  }
  if (!rest.empty()) return bad("header: expected it to end with its empty line");
  if (!seen.has("host")) return bad("header: expected exactly one Host field");
  if (seen.has("content-length") && seen.has("transfer-encoding")) {
    return bad("header: Content-Length and Transfer-Encoding together");
  }
  return std::nullopt;
}

bool is_sound_chunk_extension(string_view extension) { return all_of(extension, is_value_char); }

}  // namespace cromwell::server
