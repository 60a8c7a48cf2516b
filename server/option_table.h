// The option table: one row for each thing the daemon can be told. The row makes the flag --NAME,
// the variable CROMWELL_NAME and the key name of the configuration file, and the documentation,
// completions and manual pages are written from it. Not here: reading any of these.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/options.h"

namespace cromwell::server {

// Where a row's value lives; its type is also the option's.
template <class T>
using Place = T& (*)(Options&);
using AnyPlace = std::variant<Place<std::string>, Place<int>, Place<std::size_t>, Place<bool>,
                              Place<std::chrono::milliseconds>, Place<std::vector<std::string>>>;

struct OptionRow {
  std::string_view group;  // a heading: "Model", "Files", ...
  std::string_view name;   // as a flag, without the dashes: "kv-memory"
  std::string_view value;  // stands for the value: "SIZE" of bytes, "FILE"; empty: a switch
  std::string_view help;
  AnyPlace place;
  std::vector<std::string_view> choices = {};  // none: anything
  std::int64_t min = 0;                        // of numbers: bytes, milliseconds or a count
  std::int64_t max = 1 << 30;
  std::string (*check)(std::string_view) = nullptr;  // what is wrong with a text; empty: nothing
  bool is_path = false;  // in a file, ~/ is the home folder and a relative one is beside the file
  bool reloads = false;  // SIGHUP changes it
};

const std::vector<OptionRow>& option_table();

std::string flag_name(const OptionRow& row);         // "--kv-memory"
std::string environment_name(const OptionRow& row);  // "CROMWELL_KV_MEMORY"
std::string key_name(const OptionRow& row);          // "kv_memory"

bool is_list(const OptionRow& row);
bool is_switch(const OptionRow& row);
bool is_count(const OptionRow& row);  // a plain whole number

}  // namespace cromwell::server
