// The flags of the commands whose answer is text, and how it is shown as it comes.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/server_flags.h"
#include "clients/cli/text_source.h"

namespace cromwell::cli {

struct TextFlags {
  std::string model;  // empty: the daemon
  ServerFlags server;
  bool json = false;
  TextOptions options;
};

void add_text_flags(CLI::App& command, TextFlags* flags);
base::Result<std::unique_ptr<TextSource>> open_source(const TextFlags& flags);

// Text on standard output at once; on a terminal without control characters.
void show_text(std::string_view text);
// The end of what was shown, or the whole as JSON; the exit status.
int finish_text(const TextFlags& flags, const base::Result<TextAnswer>& answer);

}  // namespace cromwell::cli
