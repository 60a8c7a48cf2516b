// EditJob: an edit as it was asked for on the command line, and the two ways to have it done: by
// the daemon, or by the engine in this process. Both show progress on standard error.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/edit_outcome.h"
#include "clients/cli/file_location.h"
#include "clients/cli/http_client.h"
#include "edit/region.h"

namespace cromwell::cli {

struct EditJob {
  std::vector<FileLocation> locations;  // ways to name the files; the first that fits is taken
  std::string instruction;
  std::optional<workspace::LineRange> lines;
  std::optional<edit::Cursor> cursor;
  std::optional<std::string> content;  // an editor's unsaved buffer; the daemon's way only
  std::string protocol;                // empty: the model's default
  bool apply = false;
  std::string session;
  int max_tokens = 2048;
  float temperature = 0.2F;
  std::optional<std::uint64_t> seed;
  std::string lora;  // a file, or the name of one that the daemon has; may be empty
};

// How an edit is followed.
struct EditWatch {
  std::function<void(const std::string&)> on_progress;  // none: a line on standard error
  base::CallSwitch* call_switch = nullptr;              // none: it cannot be ended
};

// The outcome's error is set where the edit, or the way to the daemon, failed.
EditOutcome edit_remotely(const HttpClient& client, const EditJob& job,
                          const EditWatch& watch = {});
EditOutcome edit_locally(const std::string& model_path, const EditJob& job);

}  // namespace cromwell::cli
