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
  std::string file;           // or several: "a.py, b.py"
  std::size_t files = 1;      // how many it names
  std::string base_sha256;    // of the file as it was read
  std::string finish_reason;  // empty: it failed
  std::string patch;
  int added = 0;
  int removed = 0;
  double confidence = 0;
  int completion_tokens = 0;
  bool applied = false;
  bool is_local = false;             // made in this process: `cromwell apply --local ID`
  std::optional<base::Error> error;  // `param` holds the wire's code where the daemon made it
  std::string attempt;               // what the model wrote, where that was refused
};

// The diff on standard output, through the pager where `may_page`; the exit status where there is
// nothing more to say.
std::optional<int> print_diff(const EditOutcome& outcome, bool may_page);
// One line on standard error: what came of the edit and how to go on.
int print_outcome(const EditOutcome& outcome);
// One JSON object on standard output; the exit status.
int print_outcome_json(const EditOutcome& outcome);

}  // namespace cromwell::cli
