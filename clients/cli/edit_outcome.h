// EditOutcome: how one edit went, whoever made it (the daemon or our own engine), and how it is
// shown to a person and to a program.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/result.h"

namespace cromwell::cli {

struct EditOutcome {
  std::string id;
  std::string workspace;
  std::string file;  // or several: "a.py, b.py"
  std::string finish_reason;  // empty: it failed
  std::string patch;
  int added = 0;
  int removed = 0;
  double confidence = 0;
  int completion_tokens = 0;
  bool applied = false;
  std::optional<base::Error> error;  // `param` holds the wire's code where the daemon made it
  std::string attempt;               // what the model wrote, where that was refused
};

// The diff on standard output, one line about it on standard error; the exit status.
// `can_apply_later`: a daemon keeps the edit, so that `cromwell apply ID` works.
int print_outcome(const EditOutcome& outcome, bool can_apply_later);
// One JSON object on standard output; the exit status.
int print_outcome_json(const EditOutcome& outcome);

}  // namespace cromwell::cli
