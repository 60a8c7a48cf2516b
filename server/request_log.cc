#include "server/request_log.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "server/ascii.h"
#include "server/json_text.h"

namespace cromwell::server {
namespace {
constexpr std::size_t kMaxPath = 128;
constexpr std::size_t kMaxMethod = 16;
constexpr std::size_t kMaxClientId = 64;

bool is_id_char(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) {
    const bool plain = static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F;
    out += plain ? c : '?';
  }
  if (text.size() > limit) out += "...";
  return out;
}

namespace {

// What a client sent, as it may be logged.
struct Shown {
  explicit Shown(const RequestLine& line)
      : method(line.method.empty() ? "-" : printable(line.method, kMaxMethod)),
        path(line.path.empty() ? "-" : printable(line.path, kMaxPath)),
        client_id(printable(line.client_id, kMaxClientId)),
        duration_ms(static_cast<double>(line.duration.count()) / 1000.0) {
    for (char& c : client_id) {
      if (!is_id_char(c)) c = '?';
    }
  }
  std::string method;
  std::string path;
  std::string client_id;
  double duration_ms;
};

}  // namespace

std::string format(const RequestLine& line) {
  const Shown shown(line);
  std::string out = "req=" + line.request_id + " " + shown.method + " " + shown.path;
  char numbers[80];
  std::snprintf(numbers, sizeof numbers, " %d %lluB %.1fms", line.status,
                static_cast<unsigned long long>(line.body_bytes), shown.duration_ms);
  out += numbers;
  if (!shown.client_id.empty()) out += " client=" + shown.client_id;
  if (!line.note.empty()) out.append(" (").append(line.note).append(")");
  return out;
}

std::string json_fields(const RequestLine& line) {
  const Shown shown(line);
  std::string out = "\"request_id\":" + json_quoted(line.request_id) +
                    ",\"method\":" + json_quoted(shown.method) +
                    ",\"path\":" + json_quoted(shown.path);
  char numbers[120];
  std::snprintf(numbers, sizeof numbers, ",\"status\":%d,\"bytes\":%llu,\"duration_ms\":%.1f",
                line.status, static_cast<unsigned long long>(line.body_bytes), shown.duration_ms);
  out += numbers;
  if (!shown.client_id.empty()) out += ",\"client_id\":" + json_quoted(shown.client_id);
  if (!line.note.empty()) out += ",\"note\":" + json_quoted(line.note);
  return out;
}

bool is_sound_request_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxClientId && std::all_of(id.begin(), id.end(), is_id_char);
}

std::string new_request_id() {
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof bits)) {
    std::random_device device;
    bits = (static_cast<std::uint64_t>(device()) << 32) | device();
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

}  // namespace cromwell::server
