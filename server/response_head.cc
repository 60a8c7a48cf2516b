#include "server/response_head.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "base/log.h"
#include "server/ascii.h"

namespace cromwell::server {
namespace {

constexpr std::pair<int, std::string_view> kStatusTexts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string http_date(std::time_t now) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon)], 1900 + utc.tm_year, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text;
}

void add_field(std::string& head, std::string_view name, std::string_view value) {
  const bool sound = !name.empty() && std::all_of(name.begin(), name.end(), is_token_char) &&
                     std::none_of(value.begin(), value.end(), is_control);
  if (!sound) {
    base::log(base::LogLevel::kError, "a response field with a control character was left out");
    return;
  }
  head.append(name).append(": ").append(value).append("\r\n");
}

bool has_field(const api::HeaderList& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return equals_ignoring_case(field.first, name); });
}

}  // namespace

std::string_view status_text(int status) {
  for (const auto& [number, text] : kStatusTexts) {
    if (number == status) return text;
  }
  return "Status";
}

std::string response_head(const api::HttpResponse& response, BodyFraming framing,
                          const ResponseTraits& traits) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(status_text(response.status)).append("\r\n");
  add_field(head, "Date", http_date(std::time(nullptr)));
  if (!response.content_type.empty()) add_field(head, "Content-Type", response.content_type);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (framing == BodyFraming::kChunked) add_field(head, "Transfer-Encoding", "chunked");
  if (framing == BodyFraming::kLength && !bodiless) {
    add_field(head, "Content-Length", std::to_string(response.text().size()));
  }
  if (!traits.keep_alive) {
    add_field(head, "Connection", "close");
  } else if (!traits.http11) {
    add_field(head, "Connection", "keep-alive");
  }
  add_field(head, "X-Content-Type-Options", "nosniff");
  if (!has_field(response.headers, "Cache-Control")) add_field(head, "Cache-Control", "no-store");
  if (framing != BodyFraming::kLength) add_field(head, "X-Accel-Buffering", "no");
  if (!traits.request_id.empty()) add_field(head, "X-Request-Id", traits.request_id);
  for (const auto& [name, value] : response.headers) add_field(head, name, value);
  for (const auto& [name, value] : traits.headers) add_field(head, name, value);
  return head += "\r\n";
}

}  // namespace cromwell::server
