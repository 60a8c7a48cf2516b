// An option's value as text: how each type is read and shown. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/option_table.h"

namespace cromwell::server {

// "512M", "2G", "4096": bytes, with K, M and G for powers of 1024.
base::Result<std::size_t> parse_size(std::string_view text);
// "5s", "500ms", "2m".
base::Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest text that reads back as the same.
std::string size_text(std::size_t bytes);
std::string duration_text(std::chrono::milliseconds time);

// What is wrong with it; empty if nothing is.
std::string check_host(std::string_view text);
std::string check_origin(std::string_view text);

// The value in `options` as a person writes it: one text, or one for each of a list.
std::vector<std::string> shown(const OptionRow& row, const Options& options);

// Reads `texts` (one, but for a list) into `options`. The error says what was wrong and what was
// expected, without the option's name.
base::Result<> assign(const OptionRow& row, const std::vector<std::string>& texts,
                      Options& options);

}  // namespace cromwell::server
