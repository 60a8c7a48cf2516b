#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/utf8.h"

namespace cromwell::api {
namespace {

base::Result<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned byte = 0;
    const char* begin = text.data() + i + 1;
    const char* end = text.data() + std::min(i + 3, text.size());
    const auto [next, error] = std::from_chars(begin, end, byte, 16);
    if (error != std::errc() || next != begin + 2) {
      return base::Error{base::ErrorCode::kInvalidRequest,
                         "query: expected two hexadecimal digits after each %"};
    }
    decoded += static_cast<char>(byte);
    i += 2;
  }
  if (base::is_utf8(decoded)) return decoded;
  return base::Error{base::ErrorCode::kInvalidRequest, "query: expected UTF-8"};
}

// Also a field that may be null: its type is a list then.
bool wants_integer(const JsonOut& schema, const std::string& name) {
  const JsonOut fields = schema.value("properties", JsonOut::object());
  if (!fields.contains(name) || !fields[name].contains("type")) return false;
  const JsonOut& type = fields[name]["type"];
  const auto is_integer = [](const JsonOut& one) { return one == "integer"; };
  return type.is_array() ? std::any_of(type.begin(), type.end(), is_integer) : is_integer(type);
}

JsonIn value_of(const std::string& name, const std::string& text, const JsonOut& schema) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, number);
  if (wants_integer(schema, name) && error == std::errc() && next == end) return number;
  return text;
}

}  // namespace

base::Result<JsonIn> parse_query(std::string_view query, const JsonOut& schema) {
  JsonIn object = JsonIn::object();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    CROMWELL_ASSIGN(const std::string name, decode(pair.substr(0, equals)));
    CROMWELL_ASSIGN(const std::string text, decode(pair.substr(std::min(equals + 1, pair.size()))));
    if (!name.empty()) object[name] = value_of(name, text, schema);
  }
  return base::Result<JsonIn>(boost::system::in_place_value, std::move(object));
}

}  // namespace cromwell::api
