// Options: what the daemon is told by flags, environment and configuration file, as plain data.
// How each is spelled is in server/option_table; what an option names is opened elsewhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "server/limits.h"

namespace cromwell::server {

struct Options {
  std::string model;              // a GGUF; by default the cache folder's default model
  bool model_is_default = false;  // none was named
  std::string tokenizer;          // a tokenizer.json; empty: the model's own vocabulary
  std::string chat_template;
  int threads = 0;  // 0: the physical cores
  std::size_t kv_memory_bytes = std::size_t{512} << 20;
  std::string kv_type = "f16";     // or "q8_0"
  int context = 0;                 // tokens; 0: as long as the model was made for
  bool mlock = false;              // keep the weights in memory
  std::string weights = "auto";    // or "packed", "mapped"
  std::vector<std::string> loras;  // FILE or FILE:SCALE
  std::string draft_model;         // a GGUF that guesses for the model; empty: none

  std::vector<std::string> roots;  // at least one
  std::string state_dir;
  std::vector<std::string> secrets;        // names of files that are secret beyond those known
  std::vector<std::string> allow_secrets;  // names of secret files that may be read and edited
  std::vector<std::string> checks;         // LANGUAGE=PROGRAM ARGUMENTS
  int edits_max_days = 90;                 // an older edit is forgotten
  std::size_t edits_max_bytes = std::size_t{256} << 20;

  std::string listen = "127.0.0.1:8411";
  std::string socket;  // empty: none
  std::string token_file;
  std::vector<std::string> allow_hosts;
  std::vector<std::string> allow_origins;

  std::string log_level = "info";
  std::string log_format = "text";  // or "json"

  int max_running = 16;    // generations in one batch
  int max_queued = 64;     // generations that wait for a place there
  int max_sessions = 256;  // names of texts that are kept
  Limits limits;
};

}  // namespace cromwell::server
