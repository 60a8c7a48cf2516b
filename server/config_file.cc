#include "server/config_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <utility>

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Further from every key than this is no slip of the hand.
constexpr std::size_t kMaxTypos = 3;
constexpr std::size_t kMaxShownKey = 64;

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::string unknown_key(std::string_view key) {
  std::string message = "unknown key";
  if (key.size() > kMaxShownKey) return message;
  std::string nearest;
  std::size_t least = kMaxTypos + 1;
  for (const OptionRow& row : option_table()) {
    const std::string name = key_name(row);
    const std::size_t typos = distance(key, name);
    if (typos < least && typos < name.size()) {
      least = typos;
      nearest = name;
    }
  }
  if (!nearest.empty()) message += "; did you mean " + nearest + "?";
  return message;
}

// `[checks]` with a line for each language is the list `check` of LANGUAGE=COMMAND.
const OptionRow* find_table(std::string_view key) {
  for (const OptionRow& row : option_table()) {
    if (row.value.find('=') != std::string_view::npos && key_name(row) + "s" == key) return &row;
  }
  return nullptr;
}

const OptionRow* find_key(std::string_view key) {
  for (const OptionRow& row : option_table()) {
    if (key_name(row) == key) return &row;
  }
  return nullptr;
}

std::string_view type_name(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::string_view expected_type(const OptionRow& row) {
  if (is_list(row)) return "a list of texts, such as [\"a\", \"b\"]";
  if (is_switch(row)) return "true or false";
  if (is_count(row)) return "a whole number";
  if (row.value == "SIZE") return "a size such as \"512M\", or a number of bytes";
  if (row.value == "TIME") return "a time such as \"30s\" or \"500ms\"";
  return "a text in quotes";
}

// One value as the text that a flag would have; none: not of the row's type.
std::optional<std::string> text_of(const toml::node& node, const OptionRow& row) {
  const bool takes_number = is_count(row) || row.value == "SIZE";
  if (const auto* number = node.as_integer(); number != nullptr && takes_number) {
    return std::to_string(number->get());
  }
  if (const auto* flag = node.as_boolean(); flag != nullptr && is_switch(row)) {
    return flag->get() ? "true" : "false";
  }
  const auto* text = node.as_string();
  if (text == nullptr || is_count(row) || is_switch(row)) return std::nullopt;
  return text->get();
}

class Reader {
 public:
  Reader(const std::string& path, const std::string& home)
      : path_(path), folder_(std::filesystem::path(path).parent_path()), home_(home) {}

  Result<Settings> read(const toml::table& table) const {
    Settings settings;
    for (const auto& [key, node] : table) {
      CROMWELL_ASSIGN(Setting setting,
                      node.is_table() ? read_table(key, *node.as_table()) : read_key(key, node));
      const bool is_said = std::any_of(settings.begin(), settings.end(), [&](const Setting& other) {
        return other.option == setting.option;
      });
      if (is_said) return error(key.source().begin, std::string(key.str()) + ": is said before");
      settings.push_back(std::move(setting));
    }
    return settings;
  }

  Error error(const toml::source_position& where, const std::string& message) const {
    return Error{ErrorCode::kInvalidRequest,
                 path_ + ":" + std::to_string(where.line) + ": " + message};
  }

 private:
  Result<Setting> read_key(const toml::key& key, const toml::node& node) const {
    const std::string name(key.str());
    const OptionRow* row = find_key(name);
    const std::string shown = name.size() > kMaxShownKey ? name.substr(0, kMaxShownKey) : name;
    if (row == nullptr) return error(key.source().begin, shown + ": " + unknown_key(name));
    Setting setting{.option = row,
                    .origin = path_ + ":" + std::to_string(key.source().begin.line) + ": " + name};
    const toml::array* list = node.as_array();
    if (is_list(*row) != (list != nullptr)) return wrong_type(*row, node, setting);
    if (list == nullptr) {
      CROMWELL_TRY(add(node, setting));
      return setting;
    }
    for (const toml::node& element : *list) CROMWELL_TRY(add(element, setting));
    return setting;
  }

  Result<Setting> read_table(const toml::key& key, const toml::table& table) const {
    const OptionRow* row = find_table(key.str());
    if (row == nullptr) return read_key(key, table);
    Setting setting{.option = row,
                    .origin = path_ + ":" + std::to_string(key.source().begin.line) + ": " +
                              std::string(key.str())};
    for (const auto& [name, node] : table) {
      const auto* text = node.as_string();
      if (text == nullptr) {
        return error(name.source().begin, std::string(name.str()) +
                                              ": expected a text in quotes, got " +
                                              std::string(type_name(node)));
      }
      setting.texts.push_back(std::string(name.str()) + "=" + text->get());
    }
    return setting;
  }

  Result<> add(const toml::node& node, Setting& setting) const {
    std::optional<std::string> text = text_of(node, *setting.option);
    if (!text) return wrong_type(*setting.option, node, setting);
    setting.texts.push_back(setting.option->is_path ? resolved(*text) : std::move(*text));
    return {};
  }

  Error wrong_type(const OptionRow& row, const toml::node& node, const Setting& setting) const {
    return Error{ErrorCode::kInvalidRequest, setting.origin + ": expected " +
                                                 std::string(expected_type(row)) + ", got " +
                                                 std::string(type_name(node))};
  }

  std::string resolved(const std::string& text) const {
    const bool at_home = text == "~" || text.starts_with("~/");
    if (at_home && !home_.empty()) return home_ + text.substr(1);
    if (text.empty() || text.front() == '/' || folder_.empty()) return text;
    return (folder_ / text).lexically_normal().string();
  }

  const std::string path_;
  const std::filesystem::path folder_;
  const std::string home_;
};

}  // namespace

Result<Settings> parse_config(std::string_view text, const std::string& path,
                              const std::string& home) {
  if (text.size() > kMaxConfigBytes) {
    return Error{ErrorCode::kInvalidRequest,
                 path + ": expected at most " + std::to_string(kMaxConfigBytes) + " bytes"};
  }
  const Reader reader(path, home);
  try {
    return reader.read(toml::parse(text));
  } catch (const toml::parse_error& problem) {
    return reader.error(problem.source().begin, std::string(problem.description()));
  }
}

}  // namespace cromwell::server
