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

// `complaint`: what was wrong with the attempt before; shown after the region whatever else fits.
// kUnencodableText if the vocabulary lacks a byte of region or instruction; kContextExceeded if the
// region and its answer do not fit.
base::Result<EditPrompt> write_prompt(const EditParts& parts, const Protocol& protocol,
                                      const EditRequest& request, const EditTarget& target,
                                      const std::vector<workspace::ContextPiece>& context,
                                      const std::optional<PromptNote>& complaint = {});

}  // namespace cromwell::edit
