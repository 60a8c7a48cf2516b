// Generator: who makes the completions and edits that the server hands to the editor. Its calls
// block until they end or the switch ends them (kCancelled); any thread, several at once.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/call_switch.h"
#include "base/result.h"

namespace cromwell::lsp {

struct CompletionQuery {
  std::string path;     // absolute
  std::string content;  // of the editor's buffer
  int line = 1;         // 1-based
  int column = 0;       // characters of the line before the place
};

struct EditQuery {
  std::string path;     // absolute
  std::string content;  // of the editor's buffer
  std::string instruction;
  int first_line = 0;  // 1-based and inclusive; 0: what the instruction names, else the whole file
  int last_line = 0;
};

struct EditAnswer {
  std::string id;
  std::string patch;  // unified, against the content; empty: nothing changed
  double confidence = 0;
};

class Generator {
 public:
  // What is being done, for a person: "writing: 12 tokens". Must return at once.
  using OnProgress = std::function<void(const std::string&)>;

  virtual ~Generator() = default;
  virtual base::Result<std::string> complete(const CompletionQuery& query,
                                             base::CallSwitch& call_switch) = 0;
  virtual base::Result<EditAnswer> edit(const EditQuery& query, const OnProgress& on_progress,
                                        base::CallSwitch& call_switch) = 0;
};

}  // namespace cromwell::lsp
