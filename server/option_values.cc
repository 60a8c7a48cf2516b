#include "server/option_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "server/ascii.h"

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using std::chrono::milliseconds;
using List = std::vector<std::string>;

struct Unit {
  std::string_view name;
  std::size_t factor;
};

constexpr std::array<Unit, 11> kSizeUnits = {{{"", 1},
                                              {"b", 1},
                                              {"g", 1U << 30},
                                              {"gb", 1U << 30},
                                              {"gib", 1U << 30},
                                              {"m", 1U << 20},
                                              {"mb", 1U << 20},
                                              {"mib", 1U << 20},
                                              {"k", 1U << 10},
                                              {"kb", 1U << 10},
                                              {"kib", 1U << 10}}};
constexpr std::array<Unit, 3> kTimeUnits = {{{"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// A whole number and its unit. False if it is something else, or more than 63 bits.
template <std::size_t kCount>
bool read_with_unit(std::string_view text, const std::array<Unit, kCount>& units,
                    std::size_t& value) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [next, ec] = std::from_chars(text.data(), end, number);
  if (ec != std::errc()) return false;
  const std::string name = to_lower(std::string_view(next, static_cast<std::size_t>(end - next)));
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& known) { return known.name == name; });
  if (unit == units.end() || number > INT64_MAX / unit->factor) return false;
  value = number * unit->factor;
  return true;
}

Error bad(std::string message) { return Error{ErrorCode::kInvalidRequest, std::move(message)}; }

Error out_of_range(const OptionRow& row, std::string (*text)(std::int64_t)) {
  return bad("expected " + text(row.min) + " to " + text(row.max));
}

Result<> check_range(const OptionRow& row, std::int64_t value, std::string (*text)(std::int64_t)) {
  if (value >= row.min && value <= row.max) return {};
  return out_of_range(row, text);
}

std::string number_shown(std::int64_t value) { return std::to_string(value); }
std::string size_shown(std::int64_t value) { return size_text(static_cast<std::size_t>(value)); }
std::string time_shown(std::int64_t value) { return duration_text(milliseconds(value)); }

Result<std::int64_t> read_number(const OptionRow& row, const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [next, ec] = std::from_chars(text.data(), end, value);
  if (ec != std::errc() || next != end) {
    return bad("expected a whole number of " + std::to_string(row.min) + " to " +
               std::to_string(row.max));
  }
  CROMWELL_TRY(check_range(row, value, number_shown));
  return value;
}

// One overload for each type of a place.
Result<> read(const OptionRow& row, const std::string& text, std::string& out) {
  const auto& choices = row.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    std::string names;
    for (const auto& choice : choices) {
      names.append(names.empty() ? "" : choice == choices.back() ? " or " : ", ").append(choice);
    }
    return bad("expected " + names);
  }
  if (text.find('\0') != std::string::npos) return bad("expected a text without NUL");
  if (row.check != nullptr) {
    if (std::string problem = row.check(text); !problem.empty()) return bad(std::move(problem));
  }
  out = text;
  return {};
}

Result<> read(const OptionRow& row, const std::string& text, int& out) {
  CROMWELL_ASSIGN(const std::int64_t value, read_number(row, text));
  out = static_cast<int>(value);
  return {};
}

Result<> read(const OptionRow& row, const std::string& text, std::size_t& out) {
  if (row.value != "SIZE") {
    CROMWELL_ASSIGN(const std::int64_t value, read_number(row, text));
    out = static_cast<std::size_t>(value);
    return {};
  }
  CROMWELL_ASSIGN(const std::size_t bytes, parse_size(text));
  CROMWELL_TRY(check_range(row, static_cast<std::int64_t>(bytes), size_shown));
  out = bytes;
  return {};
}

Result<> read(const OptionRow& row, const std::string& text, milliseconds& out) {
  CROMWELL_ASSIGN(const milliseconds time, parse_duration(text));
  CROMWELL_TRY(check_range(row, time.count(), time_shown));
  out = time;
  return {};
}

Result<> read(const OptionRow&, const std::string& text, bool& out) {
  if (text != "true" && text != "false") return bad("expected true or false");
  out = text == "true";
  return {};
}

std::string show(const OptionRow&, const std::string& value) { return value; }
std::string show(const OptionRow&, int value) { return std::to_string(value); }
std::string show(const OptionRow&, bool value) { return value ? "true" : "false"; }
std::string show(const OptionRow&, milliseconds value) { return duration_text(value); }
std::string show(const OptionRow& row, std::size_t value) {
  return row.value == "SIZE" ? size_text(value) : std::to_string(value);
}

}  // namespace

base::Result<std::size_t> parse_size(std::string_view text) {
  std::size_t bytes = 0;
  if (read_with_unit(text, kSizeUnits, bytes)) return bytes;
  return Error{ErrorCode::kInvalidRequest, "expected a size such as 512M or 2G"};
}

base::Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::size_t milliseconds = 0;
  if (read_with_unit(text, kTimeUnits, milliseconds)) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
  }
  return Error{ErrorCode::kInvalidRequest, "expected a time such as 30s or 500ms"};
}

std::string size_text(std::size_t bytes) {
  for (const auto& [name, factor] :
       {Unit{"G", 1U << 30}, Unit{"M", 1U << 20}, Unit{"K", 1U << 10}}) {
    if (bytes > 0 && bytes % factor == 0) return std::to_string(bytes / factor).append(name);
  }
  return std::to_string(bytes);
}

std::string duration_text(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + "s" : std::to_string(count) + "ms";
}

std::string check_host(std::string_view text) {
  const bool sound = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("-._[]:").find(c) != std::string_view::npos;
  });
  const bool has_port = std::count(text.begin(), text.end(), ':') == 1;
  return sound && !has_port ? "" : "expected a host's name or address without a port";
}

std::string check_origin(std::string_view text) {
  const auto host = text.find("://");
  const bool sound = host != std::string_view::npos && host > 0 && host + 3 < text.size() &&
                     text.find_first_of("/ \t*", host + 3) == std::string_view::npos &&
                     std::none_of(text.begin(), text.end(), is_control);
  return sound ? "" : "expected SCHEME://HOST or SCHEME://HOST:PORT";
}

std::vector<std::string> shown(const OptionRow& row, const Options& options) {
  Options copy = options;  // places are made for writing
  if (const auto* list = std::get_if<Place<List>>(&row.place)) return (*list)(copy);
  return {std::visit(
      [&](auto where) -> std::string {
        if constexpr (std::is_same_v<decltype(where), Place<List>>) {
          return {};
        } else {
          return show(row, where(copy));
        }
      },
      row.place)};
}

Result<> assign(const OptionRow& row, const std::vector<std::string>& texts, Options& options) {
  return std::visit(
      [&](auto where) -> Result<> {
        auto& target = where(options);
        if constexpr (std::is_same_v<decltype(where), Place<List>>) {
          List values(texts.size());
          for (std::size_t i = 0; i < texts.size(); ++i) {
            CROMWELL_TRY(read(row, texts[i], values[i]));
          }
          target = std::move(values);
          return {};
        } else {
          return read(row, texts.back(), target);
        }
      },
      row.place);
}

}  // namespace cromwell::server
