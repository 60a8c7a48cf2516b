#include "server/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

#include "base/version.h"
#include "server/ascii.h"

namespace cromwell::server {
namespace {

constexpr int kUsageError = 2;
constexpr std::size_t kMinSize = std::size_t{1} << 20;
constexpr int kMaxEditDays = 36'500;

// ${VARIABLE:-~/FALLBACK}/cromwell; without a home, beneath the current directory.
std::string xdg_folder(const char* variable, const std::string& fallback) {
  const char* folder = std::getenv(variable);
  if (folder != nullptr && folder[0] == '/') return std::string(folder) + "/cromwell";
  const char* home = std::getenv("HOME");
  return (home == nullptr ? "." : std::string(home)) + "/" + fallback + "/cromwell";
}

// The empty string where `text` is sound, as CLI11 wants it.
std::string check_size(const std::string& text) {
  const auto bytes = parse_size(text);
  if (!bytes) return bytes.error().message;
  return *bytes >= kMinSize ? "" : text + ": expected at least 1M";
}

std::string check_host(const std::string& text) {
  const bool sound = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("-._[]:").find(c) != std::string_view::npos;
  });
  const bool has_port = std::count(text.begin(), text.end(), ':') == 1;
  return sound && !has_port ? "" : text + ": expected a host's name or address without a port";
}

std::string check_origin(const std::string& text) {
  const auto host = text.find("://");
  const bool sound = host != std::string::npos && host > 0 && host + 3 < text.size() &&
                     text.find_first_of("/ \t*", host + 3) == std::string::npos &&
                     std::none_of(text.begin(), text.end(), is_control);
  return sound ? "" : text + ": expected SCHEME://HOST or SCHEME://HOST:PORT";
}

void add_model_options(CLI::App& app, Options& options, std::string& kv_memory) {
  app.add_option("--model", options.model, "GGUF file of the model")->type_name("FILE");
  app.add_option("--chat-template", options.chat_template,
                 "Name or text of a chat template, in place of the file's own");
  app.add_option("--threads", options.threads, "Threads for arithmetic (0: physical cores)")
      ->check(CLI::Range(0, 1024));
  app.add_option("--kv-memory", kv_memory, "Memory for keys and values, such as 512M or 2G")
      ->type_name("SIZE")
      ->check(CLI::Validator(check_size, "", "size"))
      ->capture_default_str();
  app.add_option("--kv-type", options.kv_type,
                 "How keys and values are kept; q8_0 takes half the memory")
      ->check(CLI::IsMember({"f16", "q8_0"}))
      ->capture_default_str();
  app.add_option("--context", options.context, "Context in tokens (0: the model's own)")
      ->check(CLI::Range(0, 1 << 24));
  app.add_option("--lora", options.loras,
                 "LoRA adapter (GGUF) and how much of it is added; repeat for several. A request "
                 "names one by its file's name without .gguf; else the first is taken")
      ->type_name("FILE[:SCALE]")
      ->take_all();
  app.add_flag("--mlock", options.mlock, "Never let the system take the model's memory back");
  app.add_option("--weights", options.weights,
                 "Read them from the mapped file, or from a copy in the kernels' order, which is "
                 "faster; auto copies where twice its size is free")
      ->check(CLI::IsMember({"auto", "packed", "mapped"}))
      ->capture_default_str();
}

void add_file_options(CLI::App& app, Options& options, std::string& edits_bytes) {
  app.add_option("--root", options.roots,
                 "Folder whose files may be edited; repeat for several (the current directory)")
      ->type_name("DIR")
      ->take_all();
  app.add_option("--allow-secret", options.allow_secrets,
                 "Name of a secret file, such as .env.example, that may be read and edited")
      ->type_name("NAME")
      ->take_all();
  app.add_option("--state-dir", options.state_dir, "Folder of edit records and the journal")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--check", options.checks,
                 "Program that an edited file of a language must pass, such as 'python=ruff check "
                 "{file}'; it sees a copy of the file alone; repeat for several")
      ->type_name("LANGUAGE=COMMAND")
      ->take_all();
  app.add_option("--edits-max-age", options.edits_max_days, "Forget edits that are older")
      ->type_name("DAYS")
      ->check(CLI::Range(1, kMaxEditDays))
      ->capture_default_str();
  app.add_option("--edits-max-bytes", edits_bytes, "Forget the oldest edits past this size")
      ->type_name("SIZE")
      ->check(CLI::Validator(check_size, "", "size"))
      ->capture_default_str();
}

void add_network_options(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen, "TCP address, or none beside --socket")
      ->type_name("IP:PORT")
      ->capture_default_str();
  app.add_option("--socket", options.socket, "Unix socket, for this user only")->type_name("PATH");
  app.add_option("--token-file", options.token_file, "File with the bearer token to ask for")
      ->type_name("FILE");
  app.add_option("--allow-host", options.allow_hosts, "Host name to answer to beside localhost")
      ->type_name("NAME")
      ->take_all()
      ->check(CLI::Validator(check_host, "", "host"));
  app.add_option("--allow-origin", options.allow_origins, "Web origin whose pages may call")
      ->type_name("ORIGIN")
      ->take_all()
      ->check(CLI::Validator(check_origin, "", "origin"));
}

}  // namespace

base::Result<std::size_t> parse_size(const std::string& text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [next, ec] = std::from_chars(text.data(), end, number);
  const std::string unit = to_lower(std::string(next, end));
  const int shift = unit.empty() || unit == "b"                    ? 0
                    : unit == "k" || unit == "kb" || unit == "kib" ? 10
                    : unit == "m" || unit == "mb" || unit == "mib" ? 20
                    : unit == "g" || unit == "gb" || unit == "gib" ? 30
                                                                   : -1;
  if (ec != std::errc() || shift < 0 || number > (SIZE_MAX >> shift)) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       text + ": expected a size such as 512M or 2G"};
  }
  return number << shift;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  Options options;
  options.state_dir = xdg_folder("XDG_STATE_HOME", ".local/state");
  std::string kv_memory = "512M";
  std::string edits_bytes = "256M";

  CLI::App app("Cromwell's daemon: edits code with a local language model, over HTTP.",
               "cromwelld");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_version_flag("--version", std::string("cromwelld ") + base::kVersion);
  add_model_options(app, options, kv_memory);
  add_file_options(app, options, edits_bytes);
  add_network_options(app, options);
  app.add_option("--log-level", options.log_level, "What is logged, on standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const int status = app.exit(error, text, text);
    return {.text = text.str(), .exit_status = status == 0 ? 0 : kUsageError};
  }

  options.kv_memory_bytes = *parse_size(kv_memory);
  options.edits_max_bytes = *parse_size(edits_bytes);
  if (options.roots.empty()) options.roots = {"."};
  options.model_is_default = options.model.empty();
  if (options.model_is_default) {
    options.model =
        xdg_folder("XDG_CACHE_HOME", ".cache") + "/models/SmolLM2-135M-Instruct.Q4_1.gguf";
  }
  return {.options = std::move(options)};
}

}  // namespace cromwell::server
