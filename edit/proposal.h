// Proposal: what an attempt makes of the file: the new bytes, if the attempt is an edit that
// anybody wants, and the diff that is proven to lead there. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "edit/answer_check.h"
#include "edit/attempts.h"
#include "edit/edit_events.h"
#include "edit/edit_target.h"
#include "edit/protocol.h"
#include "workspace/check_runner.h"
#include "workspace/diff.h"
#include "workspace/edit_store.h"

namespace cromwell::edit {

struct Proposal {
  std::string new_region;  // lines ended by \n
  std::string new_bytes;
  workspace::Diff diff;   // empty: no change
  SyntaxVerdict verdict;  // where it says that there is an error, this is no edit to show
  std::vector<workspace::CheckResult> checks;  // of the user's own; filled by who runs them
};

// How the attempt was asked for, and is read.
struct PromptedProtocol {
  const Protocol& protocol;
  const Prompt& prompt;
  const tokenizer::Tokenizer& tokenizer;
};

// Whitespace is what the edit is about, or the region is to be taken as it is.
bool is_exact(const Protocol& protocol, std::string_view instruction);

// The region's new text by what an answer shows of it; kNoValidEdit with the reason.
base::Result<std::string> read_region(const Region& region, std::string_view shown,
                                      const Protocol& protocol, std::string_view file,
                                      std::string_view instruction);

// kNoValidEdit with the reason, where the attempt is none; but a syntax error is in the proposal,
// for the model to be told of.
base::Result<Proposal> propose(const EditRequest& request, const EditTarget& target,
                               const PromptedProtocol& asked, const Attempt& attempt);

// The proposal's syntax error as the model is told of it, with a few lines around it.
PromptNote complaint_of(const Proposal& proposal, const EditTarget& target);

// The prompt with which the model goes on where the attempt, which is no edit, only explained what
// was to come.
std::optional<Prompt> after_explanation(const PromptedProtocol& asked, const Attempt& attempt);

// What is kept, so that the edit can be applied later and by its id: those of `targets` that their
// proposal changes.
workspace::EditRecord record_of(const std::string& id, const std::string& instruction,
                                const std::vector<EditTarget>& targets,
                                const std::vector<Proposal>& proposals);

}  // namespace cromwell::edit
