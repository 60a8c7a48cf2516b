// Proposal: what an attempt makes of the file: the new bytes, if the attempt is an edit that
// anybody wants, and the diff that is proven to lead there. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "edit/attempts.h"
#include "edit/edit_events.h"
#include "edit/edit_target.h"
#include "edit/protocol.h"
#include "workspace/diff.h"
#include "workspace/edit_store.h"

namespace cromwell::edit {

struct Proposal {
  std::string new_bytes;
  workspace::Diff diff;        // empty: no change
  std::optional<bool> parses;  // none: it cannot be told
};

// How the attempt was asked for, and is read.
struct PromptedProtocol {
  const Protocol& protocol;
  const Prompt& prompt;
  const tokenizer::Tokenizer& tokenizer;
};

// kNoValidEdit with the reason, where the attempt is none.
base::Result<Proposal> propose(const EditRequest& request, const EditTarget& target,
                               const PromptedProtocol& asked, const Attempt& attempt);

// What is kept, so that the edit can be applied later and by its id.
workspace::EditRecord record_of(const std::string& id, const EditRequest& request,
                                const EditTarget& target, const Proposal& proposal);

}  // namespace cromwell::edit
