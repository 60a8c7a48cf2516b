// EditPrompt: the prompt of an edit, by its protocol: region, surroundings and context as far as
// the model's context holds them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "edit/edit_events.h"
#include "edit/edit_parts.h"
#include "edit/edit_target.h"
#include "edit/protocol.h"
#include "workspace/context.h"

namespace cromwell::edit {

struct EditPrompt {
  Prompt prompt;
  std::vector<std::string> context_used, context_dropped;  // by name, for the start
};

// Which of an edit's files is asked for, and what was answered for those before it.
struct AskedFile {
  const std::vector<EditTarget>& targets;
  std::size_t at = 0;
  const TokenIds& answered;
};

// `complaint`: what was wrong with the attempt before; shown after the region whatever else fits.
// kUnencodableText if the vocabulary lacks a byte of a region or the instruction; kContextExceeded
// if the regions and the answers that are still to come do not fit.
base::Result<EditPrompt> write_prompt(const EditParts& parts, const Protocol& protocol,
                                      const EditRequest& request, const AskedFile& asked,
                                      const std::vector<workspace::ContextPiece>& context,
                                      const std::optional<PromptNote>& complaint = {});

}  // namespace cromwell::edit
