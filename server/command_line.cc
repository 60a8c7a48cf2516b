#include "server/command_line.h"

#include <cstdlib>
#include <sstream>

#include "base/version.h"
#include "server/option_values.h"

namespace cromwell::server {
namespace {

constexpr int kUsageError = 2;

CommandLine failed(const base::Error& error) {
  return {.text = "cromwelld: " + error.message + "\n", .exit_status = kUsageError};
}

void add_flag(CLI::App& app, const OptionRow& row, FlagValues& values) {
  const std::string help(row.help);
  CLI::Option* flag = nullptr;
  if (is_switch(row)) {
    flag = app.add_flag_function(
        flag_name(row),
        [&row, &values](std::int64_t count) {
          values.texts[&row] = {count > 0 ? "true" : "false"};
        },
        help);
  } else {
    flag = app.add_option_function<std::vector<std::string>>(
        flag_name(row),
        [&row, &values](const std::vector<std::string>& texts) { values.texts[&row] = texts; },
        help);
    flag->type_name(row.choices.empty() ? std::string(row.value)
                                        : CLI::detail::join(row.choices, "|"));
    flag->expected(1);
    flag->multi_option_policy(is_list(row) ? CLI::MultiOptionPolicy::TakeAll
                                           : CLI::MultiOptionPolicy::TakeLast);
    const std::string usual = is_list(row) ? "" : shown(row, Options{}).front();
    if (!usual.empty()) flag->default_str(usual);
  }
  flag->group(std::string(row.group));
}

Settings settings_of(const FlagValues& values) {
  Settings settings;
  for (const auto& [row, texts] : values.texts) {
    settings.push_back({.option = row, .texts = texts, .origin = flag_name(*row)});
  }
  return settings;
}

std::string config_file_of(const FlagValues& values) {
  if (!values.config_file.empty()) return values.config_file;
  const char* variable = std::getenv("CROMWELL_CONFIG");
  return variable != nullptr && variable[0] != '\0' ? variable : find_config_file();
}

}  // namespace

std::unique_ptr<CLI::App> make_app(FlagValues& values) {
  auto app = std::make_unique<CLI::App>(
      "Cromwell's daemon: edits code with a local language model, over HTTP. Each flag is also a "
      "key "
      "of the configuration file and a variable CROMWELL_*; a flag wins over a variable, that over "
      "the file.",
      "cromwelld");
  app->set_version_flag("--version", std::string("cromwelld ") + base::kVersion);
  app->add_option("--config", values.config_file,
                  "Configuration file (~/.config/cromwell/config.toml, else "
                  "/etc/cromwell/cromwell.toml)")
      ->type_name("FILE");
  app->add_flag("--check-config", values.check_config,
                "Say what is configured and where that comes from, or what is wrong, and leave");
  for (const OptionRow& row : option_table()) add_flag(*app, row, values);
  return app;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  FlagValues values;
  const auto app = make_app(values);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const int status = app->exit(error, text, text);
    return {.text = text.str(), .exit_status = status == 0 ? 0 : kUsageError};
  }

  CommandLine line{.check_only = values.check_config};
  line.sources = {.flags = settings_of(values),
                  .environment = read_environment(),
                  .config_file = config_file_of(values)};
  if (const char* home = std::getenv("HOME")) line.sources.home = home;
  std::string config_text;
  if (!line.sources.config_file.empty()) {
    auto read = read_config_file(line.sources.config_file);
    if (!read) return failed(read.error());
    config_text = std::move(*read);
  }
  auto options = make_options(line.sources, config_text);
  if (!options) return failed(options.error());
  if (line.check_only) line.text = describe(*options, line.sources, config_text);
  line.options = std::move(*options);
  return line;
}

}  // namespace cromwell::server
