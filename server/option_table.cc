#include "server/option_table.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "server/option_values.h"

namespace cromwell::server {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kTebibyte = std::int64_t{1} << 40;

template <auto kMember>
AnyPlace in_options() {
  using T = std::remove_reference_t<decltype(std::declval<Options&>().*kMember)>;
  return Place<T>([](Options& options) -> T& { return options.*kMember; });
}
template <auto kMember>
AnyPlace in_limits() {
  using T = std::remove_reference_t<decltype(std::declval<Limits&>().*kMember)>;
  return Place<T>([](Options& options) -> T& { return options.limits.*kMember; });
}

using List = std::vector<std::string>;

std::vector<OptionRow> model_rows() {
  return {
      {.group = "Model",
       .name = "model",
       .value = "FILE",
       .help = "GGUF file of the model (the default model of the cache folder)",
       .place = in_options<&Options::model>(),
       .is_path = true},
      {.group = "Model",
       .name = "tokenizer",
       .value = "FILE",
       .help = "Hugging Face tokenizer.json, in place of the model's own vocabulary",
       .place = in_options<&Options::tokenizer>(),
       .is_path = true},
      {.group = "Model",
       .name = "chat-template",
       .value = "NAME",
       .help = "Name or text of a chat template, in place of the file's own",
       .place = in_options<&Options::chat_template>()},
      {.group = "Model",
       .name = "threads",
       .value = "N",
       .help = "Threads for arithmetic (0: physical cores)",
       .place = in_options<&Options::threads>(),
       .max = 1024},
      {.group = "Model",
       .name = "kv-memory",
       .value = "SIZE",
       .help = "Memory for keys and values, such as 512M or 2G",
       .place = in_options<&Options::kv_memory_bytes>(),
       .min = 1 << 20,
       .max = 64 * kTebibyte},
      {.group = "Model",
       .name = "kv-type",
       .value = "TYPE",
       .help = "How keys and values are kept; q8_0 takes half the memory",
       .place = in_options<&Options::kv_type>(),
       .choices = {"f16", "q8_0"}},
      {.group = "Model",
       .name = "context",
       .value = "N",
       .help = "Context in tokens (0: the model's own)",
       .place = in_options<&Options::context>(),
       .max = 1 << 24},
      {.group = "Model",
       .name = "lora",
       .value = "FILE[:SCALE]",
       .help = "LoRA adapter (GGUF) and how much of it is added; repeat for several. A request "
               "names one by its file's name without .gguf; else the first made for such requests "
               "is taken. The default model has its own for edits, without which it runs by none",
       .place = in_options<&Options::loras>(),
       .is_path = true},
      {.group = "Model",
       .name = "draft-model",
       .value = "FILE",
       .help = "Smaller GGUF with the same vocabulary, which guesses tokens that the model then "
               "checks; it has a quarter of kv-memory",
       .place = in_options<&Options::draft_model>(),
       .is_path = true},
      {.group = "Model",
       .name = "mlock",
       .value = "",
       .help = "Never let the system take the model's memory back",
       .place = in_options<&Options::mlock>()},
      {.group = "Model",
       .name = "weights",
       .value = "HOW",
       .help =
           "Read them from the mapped file, or from a copy in the kernels' order, which is faster; "
           "auto copies where twice its size is free",
       .place = in_options<&Options::weights>(),
       .choices = {"auto", "packed", "mapped"}},
  };
}

std::vector<OptionRow> file_rows() {
  return {
      {.group = "Files",
       .name = "root",
       .value = "DIR",
       .help = "Folder whose files may be edited; repeat for several (the current directory)",
       .place = in_options<&Options::roots>(),
       .is_path = true,
       .reloads = true},
      {.group = "Files",
       .name = "secret",
       .value = "NAME",
       .help =
           "Name of files that are neither read nor edited, such as '*.vault', beyond those that "
           "are known to hold secrets; repeat for several",
       .place = in_options<&Options::secrets>()},
      {.group = "Files",
       .name = "allow-secret",
       .value = "NAME",
       .help = "Name of a secret file, such as .env.example, that may be read and edited",
       .place = in_options<&Options::allow_secrets>()},
      {.group = "Files",
       .name = "state-dir",
       .value = "DIR",
       .help =
           "Folder of edit records, sessions and what the index knows (~/.local/state/cromwell)",
       .place = in_options<&Options::state_dir>(),
       .is_path = true},
      {.group = "Files",
       .name = "check",
       .value = "LANGUAGE=COMMAND",
       .help = "Program that an edited file of a language must pass, such as 'python=ruff check "
               "{file}'; it sees a copy of the file alone; repeat for several",
       .place = in_options<&Options::checks>()},
      {.group = "Files",
       .name = "edits-max-age",
       .value = "DAYS",
       .help = "Forget edits that are older",
       .place = in_options<&Options::edits_max_days>(),
       .min = 1,
       .max = 36'500},
      {.group = "Files",
       .name = "edits-max-bytes",
       .value = "SIZE",
       .help = "Forget the oldest edits past this size",
       .place = in_options<&Options::edits_max_bytes>(),
       .min = 1 << 20,
       .max = kTebibyte},
  };
}

std::vector<OptionRow> network_rows() {
  return {
      {.group = "Network",
       .name = "listen",
       .value = "IP:PORT",
       .help = "TCP address, or none beside a Unix socket",
       .place = in_options<&Options::listen>()},
      {.group = "Network",
       .name = "socket",
       .value = "PATH",
       .help = "Unix socket, for this user only",
       .place = in_options<&Options::socket>(),
       .is_path = true},
      {.group = "Network",
       .name = "token-file",
       .value = "FILE",
       .help = "File with the bearer token to ask for, readable by its owner only",
       .place = in_options<&Options::token_file>(),
       .is_path = true},
      {.group = "Network",
       .name = "allow-host",
       .value = "NAME",
       .help = "Host name to answer to beside localhost",
       .place = in_options<&Options::allow_hosts>(),
       .check = check_host,
       .reloads = true},
      {.group = "Network",
       .name = "allow-origin",
       .value = "ORIGIN",
       .help = "Web origin whose pages may call",
       .place = in_options<&Options::allow_origins>(),
       .check = check_origin,
       .reloads = true},
  };
}

std::vector<OptionRow> log_rows() {
  return {
      {.group = "Log",
       .name = "log-level",
       .value = "LEVEL",
       .help = "What is logged, on standard error",
       .place = in_options<&Options::log_level>(),
       .choices = {"debug", "info", "warning", "error", "off"},
       .reloads = true},
      {.group = "Log",
       .name = "log-format",
       .value = "FORMAT",
       .help = "Lines of text, or one JSON object each",
       .place = in_options<&Options::log_format>(),
       .choices = {"text", "json"}},
  };
}

std::vector<OptionRow> engine_limit_rows() {
  return {
      {.group = "Limits",
       .name = "max-running",
       .value = "N",
       .help = "Generations in one batch",
       .place = in_options<&Options::max_running>(),
       .min = 1,
       .max = 256},
      {.group = "Limits",
       .name = "max-queued",
       .value = "N",
       .help = "Generations that wait; one more is 429",
       .place = in_options<&Options::max_queued>(),
       .max = 65'536},
      {.group = "Limits",
       .name = "max-sessions",
       .value = "N",
       .help = "Sessions whose names are kept; the least recently used goes",
       .place = in_options<&Options::max_sessions>(),
       .min = 1,
       .max = 65'536},
  };
}

std::vector<OptionRow> request_limit_rows() {
  return {
      {.group = "Limits",
       .name = "max-connections",
       .value = "N",
       .help = "Open connections; one more is 503",
       .place = in_limits<&Limits::connections>(),
       .min = 1,
       .max = 1'000'000,
       .reloads = true},
      {.group = "Limits",
       .name = "max-header",
       .value = "SIZE",
       .help = "Request line and fields; more is 431",
       .place = in_limits<&Limits::header_bytes>(),
       .min = 1 << 10,
       .max = 1 << 20,
       .reloads = true},
      {.group = "Limits",
       .name = "max-header-fields",
       .value = "N",
       .help = "Fields of a header; more is 431",
       .place = in_limits<&Limits::header_fields>(),
       .min = 8,
       .max = 10'000,
       .reloads = true},
      {.group = "Limits",
       .name = "max-target",
       .value = "SIZE",
       .help = "Path and query; more is 414",
       .place = in_limits<&Limits::target_bytes>(),
       .min = 256,
       .max = 1 << 20,
       .reloads = true},
      {.group = "Limits",
       .name = "max-body",
       .value = "SIZE",
       .help = "Body of a request; more is 413",
       .place = in_limits<&Limits::body_bytes>(),
       .min = 1 << 10,
       .max = 1 << 30,
       .reloads = true},
      {.group = "Limits",
       .name = "max-stream-backlog",
       .value = "SIZE",
       .help = "What a stream's client may leave unread for a second; then it is cut off",
       .place = in_limits<&Limits::stream_backlog_bytes>(),
       .min = 1 << 10,
       .max = 1 << 30,
       .reloads = true},
  };
}

std::vector<OptionRow> time_limit_rows() {
  return {
      {.group = "Limits",
       .name = "header-timeout",
       .value = "TIME",
       .help = "From a request's first byte to its empty line; then 408",
       .place = in_limits<&Limits::header_time>(),
       .min = 1,
       .max = kHour,
       .reloads = true},
      {.group = "Limits",
       .name = "body-timeout",
       .value = "TIME",
       .help = "For the body of a request; then 408",
       .place = in_limits<&Limits::body_time>(),
       .min = 1,
       .max = kHour,
       .reloads = true},
      {.group = "Limits",
       .name = "idle-timeout",
       .value = "TIME",
       .help = "Between two requests of a connection; then it is closed",
       .place = in_limits<&Limits::idle_time>(),
       .min = 1,
       .max = 24 * kHour,
       .reloads = true},
      {.group = "Limits",
       .name = "write-timeout",
       .value = "TIME",
       .help = "Without a byte taken by the client; then it is closed",
       .place = in_limits<&Limits::write_time>(),
       .min = 1,
       .max = kHour,
       .reloads = true},
      {.group = "Limits",
       .name = "comment-interval",
       .value = "TIME",
       .help = "Silence of a stream before a comment keeps it alive",
       .place = in_limits<&Limits::keep_alive_comment>(),
       .min = 1,
       .max = kHour,
       .reloads = true},
  };
}

std::string upper(char c) {
  return std::string(1, c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
}

}  // namespace

const std::vector<OptionRow>& option_table() {
  static const std::vector<OptionRow> table = [] {
    std::vector<OptionRow> all;
    for (auto part : {model_rows(), file_rows(), network_rows(), log_rows(), engine_limit_rows(),
                      request_limit_rows(), time_limit_rows()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

std::string flag_name(const OptionRow& row) { return "--" + std::string(row.name); }

std::string environment_name(const OptionRow& row) {
  std::string name = "CROMWELL_";
  for (const char c : row.name) name += c == '-' ? "_" : upper(c);
  return name;
}

std::string key_name(const OptionRow& row) {
  std::string name(row.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool is_list(const OptionRow& row) { return std::holds_alternative<Place<List>>(row.place); }

bool is_switch(const OptionRow& row) { return std::holds_alternative<Place<bool>>(row.place); }

bool is_count(const OptionRow& row) {
  return std::holds_alternative<Place<int>>(row.place) ||
         (std::holds_alternative<Place<std::size_t>>(row.place) && row.value != "SIZE");
}

}  // namespace cromwell::server
