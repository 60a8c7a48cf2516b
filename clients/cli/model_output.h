// What the commands that write a model or a vocabulary share: the file that must not be there yet,
// an end by Ctrl-C that leaves nothing behind, and a bar that shows how far they are.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "clients/cli/terminal.h"
#include "model/gguf_writer.h"

namespace cromwell::cli {

struct ModelOutput {
  std::string path;
  bool force = false;  // replace a file that is there
  int threads = 0;     // 0: all cores
};

// --threads and --force.
void add_output_flags(CLI::App& command, ModelOutput& output);

// kConflict if the file is there and not to be replaced; kInvalidRequest if it is `input` (may be
// empty), which is never replaced.
base::Result<> check_output(const ModelOutput& output, const std::string& input);

// The file appears whole or not at all, in place of one that is there.
base::Result<> write_text(const std::string& path, std::string_view text);

int thread_count(const ModelOutput& output);
model::GgufWriter::Existing when_there(const ModelOutput& output);

// From construction on, SIGINT and SIGTERM set the flag instead of ending the process. One at a
// time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  const std::atomic<bool>* flag() const;
};

// "[#####-----]  50%  blk.3.ffn_up.weight" on a terminal, nothing elsewhere.
class ProgressBar {
 public:
  void show(std::size_t done, std::size_t count, const std::string& what);
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
};

}  // namespace cromwell::cli
