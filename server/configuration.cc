#include "server/configuration.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "server/option_values.h"
#include "server/toml_text.h"

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr const char* kSystemConfig = "/etc/cromwell/cromwell.toml";

std::string home_folder() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? "." : home;
}

// ${VARIABLE:-~/FALLBACK}/cromwell; without a home, beneath the current directory.
std::string xdg_folder(const char* variable, const std::string& fallback) {
  const char* folder = std::getenv(variable);
  if (folder != nullptr && folder[0] == '/') return std::string(folder) + "/cromwell";
  return home_folder() + "/" + fallback + "/cromwell";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// A list as the file has it, for values that hold commas themselves; else separated by them.
std::vector<std::string> list_of(const OptionRow& row, const std::string& value) {
  if (value.starts_with('[')) {
    const auto read = parse_config(key_name(row) + " = " + value, "", "");
    if (read && read->size() == 1) return read->front().texts;
  }
  return split(value, ',');
}

Result<> apply(const Settings& settings, Options& options) {
  for (const Setting& setting : settings) {
    const auto done = assign(*setting.option, setting.texts, options);
    if (done) continue;
    std::string given;
    for (const std::string& text : setting.texts) given += (given.empty() ? "" : ", ") + text;
    return Error{ErrorCode::kInvalidRequest,
                 setting.origin + ": " + done.error().message + ", got \"" + given + "\""};
  }
  return {};
}

// A relative path in a file is beside that file, so what is shown as one has none.
Options with_absolute_paths(Options options) {
  for (const OptionRow& row : option_table()) {
    if (!row.is_path) continue;
    std::vector<std::string> paths = shown(row, options);
    for (std::string& path : paths) {
      std::error_code ec;
      const auto absolute = std::filesystem::absolute(path, ec);
      if (!path.empty() && !ec) path = absolute.lexically_normal().string();
    }
    if (!paths.empty()) (void)assign(row, paths, options);
  }
  return options;
}

}  // namespace

Settings read_environment() {
  Settings settings;
  for (const OptionRow& row : option_table()) {
    const std::string name = environment_name(row);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || value[0] == '\0') continue;
    settings.push_back({.option = &row,
                        .texts = is_list(row) ? list_of(row, value) : std::vector<std::string>{value},
                        .origin = name});
  }
  return settings;
}

std::string find_config_file() {
  const std::string own = xdg_folder("XDG_CONFIG_HOME", ".config") + "/config.toml";
  std::error_code ec;
  if (std::filesystem::exists(own, ec)) return own;
  return std::filesystem::exists(kSystemConfig, ec) ? kSystemConfig : "";
}

Result<std::string> read_config_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return Error{ErrorCode::kIo, path + ": " + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Result<Options> make_options(const ConfigSources& sources, std::string_view config_text) {
  Options options;
  CROMWELL_ASSIGN(const Settings file,
                  parse_config(config_text, sources.config_file, sources.home));
  CROMWELL_TRY(apply(file, options));
  CROMWELL_TRY(apply(sources.environment, options));
  CROMWELL_TRY(apply(sources.flags, options));
  if (options.roots.empty()) options.roots = {"."};
  if (options.state_dir.empty()) {
    options.state_dir = xdg_folder("XDG_STATE_HOME", ".local/state");
  }
  options.model_is_default = options.model.empty();
  if (options.model_is_default) {
    const std::string folder = xdg_folder("XDG_CACHE_HOME", ".cache") + "/models/";
    options.model = folder + "SmolLM2-135M-Instruct.Q4_1.gguf";
    const std::string adapter = folder + "cromwell-edit.gguf";
    std::error_code error;
    if (options.loras.empty() && std::filesystem::exists(adapter, error)) {
      options.loras = {adapter};
    }
  }
  std::erase(options.loras, "none");
  return options;
}

std::string describe(const Options& options, const ConfigSources& sources,
                     std::string_view config_text) {
  std::map<const OptionRow*, std::string> origins;
  const auto file = parse_config(config_text, sources.config_file, sources.home);
  if (file) {
    for (const Setting& setting : *file) {
      origins[setting.option] = setting.origin.substr(0, setting.origin.rfind(": "));
    }
  }
  for (const Setting& setting : sources.environment) origins[setting.option] = setting.origin;
  for (const Setting& setting : sources.flags) origins[setting.option] = setting.origin;

  const Options absolute = with_absolute_paths(options);
  std::string text;
  for (const OptionRow& row : option_table()) {
    const auto origin = origins.find(&row);
    text += key_name(row) + " = " + toml_text(row, absolute) + "  # " +
            (origin == origins.end() ? "default" : origin->second) + "\n";
  }
  return text;
}

std::vector<const OptionRow*> changed_options(const Options& before, const Options& after) {
  std::vector<const OptionRow*> changed;
  for (const OptionRow& row : option_table()) {
    if (shown(row, before) != shown(row, after)) changed.push_back(&row);
  }
  return changed;
}

}  // namespace cromwell::server
