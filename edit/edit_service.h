// EditService: joins engine and workspace. One call of start() is one edit: snapshot, region,
// prompt by a protocol, generation, diff, validation, record, apply. File work runs on a small pool
// of its own; nothing here blocks the engine thread or the caller. No JSON, no sockets: the daemon,
// the command and Python share it.
#pragma once

#include <memory>
#include <vector>

#include "base/call_switch.h"
#include "base/result.h"
#include "edit/edit_context.h"
#include "edit/edit_events.h"
#include "engine/engine.h"
#include "tokenizer/chat_template.h"
#include "workspace/check_runner.h"
#include "workspace/edit_store.h"
#include "workspace/workspace.h"

namespace cromwell::edit {

class Protocol;

struct EditServiceOptions {
  int file_threads = 2;
  int context_length = 0;  // of the model, in tokens
  int max_instruction_bytes = 64 << 10;
  // Lines shown on each side of a selection of a few lines. 0: with more than the selection before
  // them, models of 135M parameters rewrite the wrong lines.
  int surrounding_lines = 0;
  int context_tokens = 0;  // of a request that names no budget; see default_context_tokens
  int max_detours = 4;     // of one attempt: dead ends that it is led back from
  int max_active = 256;    // edits begun and not ended; one more is kQueueFull
  const Protocol* protocol = nullptr;  // of requests that name none; see default_protocol()
  std::shared_ptr<workspace::CheckRunner> checks;  // the user's own; none: no checks
};

// What an edit of these lines would be shown beside them.
struct ContextRequest {
  std::string workspace;
  std::string file;
  std::optional<workspace::LineRange> selection;  // none: what the instruction names, else all
  std::string instruction;                        // may be empty
  ContextFields context;
};
struct ContextReport {
  std::string root;  // that the workspace is beneath
  std::string workspace;
  workspace::LineRange region;
  int budget_tokens = 0;
  std::vector<workspace::ContextPiece> pieces;  // best first
};

class EditService {
 public:
  EditService(engine::Engine& engine, std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
              tokenizer::ChatTemplate chat_template,
              std::shared_ptr<workspace::Workspace> workspace,
              std::shared_ptr<workspace::EditStore> store, EditServiceOptions options,
              Indexes indexes = {});
  ~EditService();  // cancels what runs and waits for it

  // Returns at once; every outcome arrives through the sink. Cancelled by `call_switch`, the edit
  // ends with EditFailed{kCancelled}.
  void start(EditRequest request, EditSink sink,
             std::shared_ptr<base::CallSwitch> call_switch = std::make_shared<base::CallSwitch>());

  // The tokens that every edit of the request's region begins with, whatever its instruction:
  // what can be read before that is known. Blocks on files; errors as those of an edit.
  base::Result<std::vector<tokenizer::TokenId>> common_prompt(EditRequest request) const;

  // Blocking file work, for callers that have a thread for it; see the store for errors.
  workspace::EditStore& store();
  // What an edit would be shown, without one. Blocking file work.
  base::Result<ContextReport> explain_context(const ContextRequest& request) const;
  // Runs a task on the file pool.
  void post(std::function<void()> task);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::edit
