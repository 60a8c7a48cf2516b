#include "server/request_log.h"

#include <sys/random.h>

#include <cstdio>
#include <random>

#include "server/ascii.h"

namespace cromwell::server {
namespace {
constexpr std::size_t kMaxPath = 128;
constexpr std::size_t kMaxMethod = 16;
constexpr std::size_t kMaxClientId = 64;
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

std::string format(const RequestLine& line) {
  std::string out = "req=" + line.request_id + " ";
  out += line.method.empty() ? "-" : printable(line.method, kMaxMethod);
  out += " ";
  out += line.path.empty() ? "-" : printable(line.path, kMaxPath);
  char numbers[80];
  std::snprintf(numbers, sizeof numbers, " %d %lluB %.1fms", line.status,
                static_cast<unsigned long long>(line.body_bytes),
                static_cast<double>(line.duration.count()) / 1000.0);
  out += numbers;
  if (!line.client_id.empty()) {
    std::string id = printable(line.client_id, kMaxClientId);
    for (char& c : id) {
      if (!is_alphanumeric(c) && c != '-' && c != '_' && c != '.') c = '?';
    }
    out += " client=" + id;
  }
  if (!line.note.empty()) out.append(" (").append(line.note).append(")");
  return out;
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
